package cli

import (
	"bufio"
	"compress/gzip"
	"io"
	"os"
	"strings"
)

// kernelConfig has the options that the running kernel was built with, as far as
// the machine tells; the preprocessor's CONFIG_… conditions ask for them.
type kernelConfig map[string]string

// readConfig reads the configuration where distributions keep it. There may be
// none: then every option counts as not set, as in SystemTap.
func readConfig(release string) kernelConfig {
	for _, path := range []string{"/proc/config.gz", "/boot/config-" + release, "/lib/modules/" + release + "/config"} {
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		defer f.Close()
		var text io.Reader = f
		if strings.HasSuffix(path, ".gz") {
			if text, err = gzip.NewReader(f); err != nil {
				continue
			}
		}
		return parseConfig(text)
	}
	return nil
}

func parseConfig(text io.Reader) kernelConfig {
	config := kernelConfig{}
	for lines := bufio.NewScanner(text); lines.Scan(); {
		name, value, ok := strings.Cut(lines.Text(), "=")
		if ok && strings.HasPrefix(name, "CONFIG_") {
			config[name] = strings.Trim(value, `"`)
		}
	}
	return config
}
