package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tapir/bpf/target"
	"tapir/cmd/internal/assist"
	"tapir/lang/builtin"
	"tapir/lang/collection"
	"tapir/lang/doc"
	"tapir/lang/syntax"
)

// complete has shells complete what a command line may say: options and their values,
// scripts, probe points. The command completion prints what a shell needs for that.
func (e *env) complete(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Short = "Print what a shell needs to complete tapir's command lines"
			for _, shell := range c.Commands() {
				if shell.Name() == "powershell" {
					c.RemoveCommand(shell)
				}
			}
			continue
		}
		c.Flags().VisitAll(func(f *pflag.Flag) { e.completeFlag(c, f) })
		switch c.Name() {
		case "run", "record", "shell", "check", "explain", "show":
			c.ValidArgsFunction = e.completeScript
		case "test":
			c.ValidArgsFunction = e.completeScripts
		case "fmt":
			c.ValidArgsFunction = completeFiles
		case "doc":
			c.ValidArgsFunction = completeNames
		}
	}
	root.ValidArgsFunction = e.completeScript
}

// expandCompletion is expand for a command line that is being completed.
func (e *env) expandCompletion(root *cobra.Command, args []string) []string {
	rest := args[1:]
	if len(rest) == 0 || !e.standIn && slices.Contains(commandNames(root), rest[0]) {
		return args
	}
	if !e.standIn && len(rest) == 1 && !strings.HasPrefix(rest[0], "-") {
		return args // it may become a command
	}
	return slices.Concat(args[:1], []string{"run"}, rest)
}

// completeFlag has the value of an option completed, if there is something to know.
func (e *env) completeFlag(c *cobra.Command, f *pflag.Flag) {
	var values cobra.CompletionFunc
	flag, checked := f.Value.(*checked)
	switch {
	case checked && len(flag.few) > 0:
		values = cobra.FixedCompletions(flag.few, cobra.ShellCompDirectiveNoFileComp)
	case f.Name == "list", f.Name == "list-variables":
		values = e.completePoint
	case f.Name == "allow":
		var names []string
		for _, r := range builtin.Rights {
			names = append(names, string(r.Right)+"\t"+r.Does)
		}
		values = cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp)
	case f.Name == "include", f.Name == "man":
		values = cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	case f.Name == "global", f.Name == "define", f.Name == "eval", f.Name == "eval-more", f.Name == "pid", checked:
		values = cobra.NoFileCompletions
	default:
		return // a file
	}
	if err := c.RegisterFlagCompletionFunc(f.Name, values); err != nil {
		panic("cli: " + err.Error()) // the option is there, and was not registered before
	}
}

// completeScript completes the script that a command line begins with: one of the
// collections, or a file.
func (e *env) completeScript(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 || c.Flags().Changed("eval") {
		return nil, cobra.ShellCompDirectiveDefault // the script's
	}
	return e.completeScripts(c, args, word)
}

func (e *env) completeScripts(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	includes, _ := c.Flags().GetStringArray("include") // none if the command has no such option
	var list []string
	for _, from := range e.collections(includes, true) {
		for _, s := range from.Scripts {
			for _, name := range []string{s.FullName(), s.Name} {
				if strings.HasPrefix(name, word) {
					title := ""
					if h := s.Header(); h != nil {
						title = "\t" + h.Title
					}
					list = append(list, name+title)
					break
				}
			}
		}
	}
	files, directive := completeFiles(c, args, word)
	return append(list, files...), directive
}

// completeFiles completes the path of a script; nothing follows a folder's.
func completeFiles(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	dir, base := filepath.Split(word)
	from := dir
	if from == "" {
		from = "."
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var list []string
	directive := cobra.ShellCompDirectiveNoFileComp
	for _, entry := range entries {
		name := entry.Name()
		info, err := os.Stat(filepath.Join(from, name))
		if err != nil || !strings.HasPrefix(name, base) || base == "" && strings.HasPrefix(name, ".") {
			continue
		}
		switch {
		case info.IsDir():
			list = append(list, dir+name+"/")
			directive |= cobra.ShellCompDirectiveNoSpace
		case collection.IsScript(name):
			list = append(list, dir+name)
		}
	}
	return list, directive
}

// completePoint completes a probe point, up to its next dot. Those with quotes are left
// out: shells would take the quotes for theirs.
func (e *env) completePoint(c *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	kernel, err := target.Live()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	includes, _ := c.Flags().GetStringArray("include")
	knows := assist.New(kernel, syntax.Options{Kernel: kernel.Release}, libraryFolders(present(includes), ""))
	var list []string
	for _, p := range knows.Points(word) {
		if !strings.ContainsAny(p, `("`) {
			list = append(list, p)
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// completeNames completes what the reference describes.
func completeNames(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	var list []string
	for _, entry := range doc.All() {
		if strings.HasPrefix(entry.Name, word) {
			list = append(list, entry.Name+"\t"+entry.Summary)
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}
