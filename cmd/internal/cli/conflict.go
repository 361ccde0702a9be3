package cli

import "strings"

// conflict is what is wrong with a combination of options, or nil.
func (f *runFlags) conflict(args []string) error {
	lists := f.list.Given || f.listVars.Given
	sources := 0
	for _, given := range []bool{lists, f.dump.any(), f.text.Given} {
		if given {
			sources++
		}
	}
	for _, c := range []struct {
		wrong         bool
		message, hint string
	}{
		{f.interactive, "there is no interactive mode (-i) of this command", "tapir shell is one"},
		{f.command.Given && f.pid.value != "", "-c and -x exclude each other: both say what target() is", "start the command with -c, or give the process with -x"},
		{f.command.Given && f.detach, "-c and -F exclude each other: a command needs the terminal that -F leaves", "start the command afterwards, or give its process with -x"},
		{f.detach && f.output == "", "-F needs -o: in the background there is nowhere else to print to", "name a file with -o"},
		{f.split.value != "" && f.output == "", "-S needs -o: it divides a file", "name a file with -o"},
		{f.monitor.value != "" && (f.output != "" || f.format.value == "json" || f.detach || f.serve.value != ""),
			"--monitor excludes -o, -F, --format=json and --prometheus", "it shows on the screen what they would write or serve"},
		{f.every.value != "" && f.format.value != "json", "--interval needs --format=json", "a timer probe can print the globals as text"},
		{f.quiet && f.strict, "-w and -W exclude each other", "leave out one of them"},
		{f.suppressLimits && !f.guru, "--suppress-time-limits needs -g", ""},
		{f.guru && f.privilege.value != "" && f.privilege.value != "stapdev", "-g needs the privilege stapdev", "leave out --privilege"},
		{f.list.Given && f.listVars.Given, "-l and -L exclude each other", "-L lists the variables too"},
		{sources > 1, "only one of -e, -l, -L and --dump-… can be given", ""},
		{(lists || f.dump.any()) && len(args) > 0, "-l, -L and --dump-… take no script", "leave out " + strings.Join(args, " ")},
		{f.unprivileged && f.guru, "-g needs the privilege stapdev", "leave out --unprivileged"},
		{f.command.Given && strings.TrimSpace(f.command.Value) == "", "the command (-c) is empty", "give the command as one word: -c 'ls -l'"},
	} {
		if c.wrong {
			return &usageError{c.message, c.hint}
		}
	}
	return nil
}
