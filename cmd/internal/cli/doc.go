package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"tapir/lang/doc"
	"tapir/lang/source"
)

func (e *env) docCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doc [NAME…]",
		Short: "Describe functions and probe points; without a name, list them",
		Args:  cobra.ArbitraryArgs,
		RunE:  func(_ *cobra.Command, args []string) error { return e.doc(args) },
	}
}

// doc prints what the library knows of the names, or its list.
func (e *env) doc(names []string) error {
	if len(names) == 0 {
		for _, entry := range doc.All() {
			fmt.Fprintf(e.out, "%-8s %-28s %s\n", entry.Kind, entry.Name, entry.Summary)
		}
		return nil
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
