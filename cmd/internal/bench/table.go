package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// noisy is the spread of the bare load above which the table says that the machine was
// busy.
const noisy = 1.6

func printReport(w io.Writer, r *Report) {
	fmt.Fprintf(w, "%s, Linux %s; %d rounds of %d calls; a getppid() by itself: %.0f ns\n\n", r.CPU, r.Kernel, r.Rounds, r.Calls, r.Bare.Typical)
	printRows(w, r.Rows)
	if r.Bare.Spread > noisy {
		fmt.Fprintf(w, "The machine was busy: the bare call varied %.1f-fold.\n", r.Bare.Spread)
	}
	if len(r.Loops) > 0 {
		fmt.Fprintln(w)
		printLoops(w, r.Loops, r.AWK)
	}
}

// printRows prints what each row's job takes in each way, the ratios with their aims, and
// whether these hold. What was not delivered follows.
func printRows(w io.Writer, rows []Row) {
	table := [][]string{{"", "unit"}}
	table[0] = append(table[0], wayNames[:]...)
	table[0] = append(table[0], "of by hand", "of "+peer, "most", "aim")
	var lost []string
	for _, r := range rows {
		line := []string{r.Name, r.Unit}
		for _, v := range r.Value {
			line = append(line, figure(v))
		}
		most := ""
		if r.Most > 0 {
			most = fmt.Sprint(float64(r.Most))
		}
		table = append(table, append(line, r.ratio(r.OfHand, r.AimHand), r.ratio(r.OfPeer, r.AimPeer), most, r.verdict()))
		for i := range r.Events {
			if r.Lines[i] < r.Events[i] {
				lost = append(lost, fmt.Sprintf("%s: %s delivered %d of %d.", r.Name, wayNames[i], r.Lines[i], r.Events[i]))
			}
		}
	}
	printTable(w, table)
	for _, text := range lost {
		fmt.Fprintln(w, text)
	}
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
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
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
func percentile(xs []float64, p int) float64 { return permille(xs, 10*p) }

// permille is the p-th thousandth of xs, 0 if there are none.
func permille(xs []float64, p int) float64 {
	if len(xs) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(xs))
	return sorted[(len(sorted)-1)*p/1000]
}

func median(xs []float64) float64 { return percentile(xs, 50) }

// mean is 0 if there are none.
func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(max(len(xs), 1))
}
