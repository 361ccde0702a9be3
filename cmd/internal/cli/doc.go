package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"tapir/lang/doc"
	"tapir/lang/source"
)

func (e *env) docCommand() *cobra.Command {
	var man string
	c := &cobra.Command{
		Use:   "doc [OPTIONS] [NAME…|DIR]",
		Short: "Describe functions and probe points; of a folder, make an index of its scripts",
		Long: `Describe functions and probe points by their names; without a name, list all.
Of a folder with scripts, print an index as a page in Markdown.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if man != "" {
				return e.manual(man, args)
			}
			return e.doc(args)
		},
	}
	c.Flags().StringVar(&man, "man", "", "write tapir's manual pages, one of each command, into this `folder`")
	return c
}

// doc prints what the library knows of the names, or its list.
func (e *env) doc(names []string) error {
	if len(names) == 0 {
		for _, entry := range doc.All() {
			fmt.Fprintf(e.out, "%-8s %-28s %s\n", entry.Kind, entry.Name, entry.Summary)
		}
		return nil
	}
	if len(names) == 1 && len(doc.Lookup(names[0])) == 0 && isFolder(names[0]) {
		return e.index(names[0])
	}
	status := statusGood
	for i, name := range names {
		found := doc.Lookup(name)
		if len(found) == 0 {
			status = statusFailed
			e.unknownName(name)
			continue
		}
		if i > 0 {
			fmt.Fprintln(e.out)
		}
		for j, entry := range found {
			if j > 0 {
				fmt.Fprintln(e.out)
			}
			fmt.Fprint(e.out, entry)
		}
	}
	if status != statusGood {
		return exitStatus(status)
	}
	return nil
}

// unknownName says that there is no such name, and which are like it.
func (e *env) unknownName(name string) {
	fmt.Fprintf(e.err, "%s: there is no function or probe point '%s'\n", e.name(), name)
	var all []string
	for _, entry := range doc.All() {
		all = append(all, entry.Name)
	}
	if near := source.Similar(name, all, 3); len(near) > 0 {
		e.help("there is " + strings.Join(near, ", "))
	}
}
