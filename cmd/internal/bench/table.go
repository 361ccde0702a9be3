package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// noisy is the spread of the bare load above which its table says that the
// machine was busy.
const noisy = 1.6

func printReport(w io.Writer, r *Report) {
	fmt.Fprintf(w, "%s, Linux %s; %d rounds of %d calls\n\n", r.CPU, r.Kernel, r.Rounds, r.Calls)
	printCosts(w, r.Costs)
	fmt.Fprintln(w)
	printOpens(w, r.Opens)
	fmt.Fprintln(w)
	printStartup(w, r.Startup)
	fmt.Fprintln(w)
	printLoops(w, r.Loops, r.AWK)
}

func printCosts(w io.Writer, rows []CostRow) {
	table := [][]string{{"ns per getppid()", "floor", "of floor", "typical", "ratio", "delivered", "reader"}}
	for i, r := range rows {
		sign := "+"
		if i == 0 {
			sign = ""
		}
		table = append(table, []string{
			r.Name, fmt.Sprintf("%s%.0f", sign, r.Floor), against(r), fmt.Sprintf("%s%.0f", sign, r.Typical),
			fmt.Sprintf("%.2f", r.Ratio), delivered(r), reader(r),
		})
	}
	printTable(w, table)
	if len(rows) > 0 && rows[0].Spread > noisy {
		fmt.Fprintf(w, "The machine was busy (the bare call varied %.1f-fold): trust the floors, not the rest.\n", rows[0].Spread)
	}
}

func against(r CostRow) string {
	if r.Against == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", r.Against)
}

// printOpens ends with how much closer to its untraced speed the program runs under
// tapir, whose row is the second, than under the others.
func printOpens(w io.Writer, rows []OpenRow) {
	table := [][]string{{"ns per open and close", "median", "ratio", "delivered"}}
	for _, r := range rows {
		lines := ""
		if r.Opens > 0 {
			lines = fmt.Sprintf("%d of %d", r.Lines, r.Opens)
		}
		table = append(table, []string{r.Name, fmt.Sprintf("%.0f", r.Pair), fmt.Sprintf("%.2f", r.Ratio), lines})
	}
	printTable(w, table)
	for i := 2; i < len(rows); i++ {
		fmt.Fprintf(w, "tapir adds %.0f times less than %s.\n", (rows[i].Ratio-1)/(rows[1].Ratio-1), rows[i].Name)
	}
}

func delivered(r CostRow) string {
	if r.Calls == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d", r.Lines, r.Calls)
}

func reader(r CostRow) string {
	if r.Calls == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f", r.Reader)
}

func printStartup(w io.Writer, rows []StartRow) {
	table := [][]string{{"ms", "median", "worst", "aim"}}
	for _, r := range rows {
		aim := ""
		if r.Aim > 0 {
			aim = fmt.Sprintf("%.0f", r.Aim)
		}
		table = append(table, []string{r.Name, fmt.Sprintf("%.1f", r.Median), fmt.Sprintf("%.1f", r.Worst), aim})
	}
	printTable(w, table)
}

func printLoops(w io.Writer, rows []VMRow, awk string) {
	table := [][]string{{"ns per pass", "tapir", awk}}
	for _, r := range rows {
		other := ""
		if r.AWK > 0 {
			other = fmt.Sprintf("%.0f", r.AWK)
		}
		table = append(table, []string{r.Name, fmt.Sprintf("%.0f", r.Tapir), other})
	}
	printTable(w, table)
}

// printTable aligns the first column left and the others, which hold numbers, right.
func printTable(w io.Writer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	for _, row := range rows {
		line := fmt.Sprintf("%-*s", widths[0], row[0])
		for i, cell := range row[1:] {
			line += fmt.Sprintf("   %*s", widths[i+1], cell)
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// percentile is the p-th percentile of xs, 0 if there are none.
func percentile(xs []float64, p int) float64 {
	if len(xs) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(xs))
	return sorted[(len(sorted)-1)*p/100]
}

func median(xs []float64) float64 { return percentile(xs, 50) }
