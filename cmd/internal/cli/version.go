package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// release is the version of tapir; compatible is the version of SystemTap whose
// language it has.
const (
	release    = "0.1"
	compatible = "5.6"
)

func (e *env) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print tapir's version",
		Args:  noArguments,
		Run:   func(*cobra.Command, []string) { e.printVersion() },
	}
}

// printVersion has "version 5.6" in it for what looks for stap's version.
func (e *env) printVersion() {
	fmt.Fprintf(e.out, "tapir %s%s (SystemTap's language, version %s; %s %s/%s)\n",
		release, revision(), compatible, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// revision is what the build knows of the commit that it was made from.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "-" + s.Value[:min(12, len(s.Value))]
		}
	}
	return ""
}
