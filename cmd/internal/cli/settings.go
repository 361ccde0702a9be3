package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// settings are the options that stap's users keep in a file, $SYSTEMTAP_DIR/rc or
// ~/.systemtap/rc: they stand before those of the command line. Without such a file
// there are none.
func settings() []string {
	folder := os.Getenv("SYSTEMTAP_DIR")
	if folder == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil
		}
		folder = filepath.Join(home, ".systemtap")
	}
	text, err := os.ReadFile(filepath.Join(folder, "rc"))
	if err != nil {
		return nil
	}
	return settingWords(string(text))
}

// settingWord is an option or a value in such a file, perhaps with parts in quotes.
var settingWord = regexp.MustCompile(`(?:"[^"]*"|'[^']*'|[^\s"'])+`)

// settingWords splits the file's lines at blanks; # begins a comment.
func settingWords(text string) []string {
	var words []string
	for line := range strings.Lines(text) {
		for _, word := range settingWord.FindAllString(line, -1) {
			if strings.HasPrefix(word, "#") {
				break
			}
			words = append(words, strings.NewReplacer(`"`, "", `'`, "").Replace(word))
		}
	}
	return words
}
