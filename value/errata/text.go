package errata

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// width is that of the text, in characters.
const width = 100

// WriteText writes the rows for a terminal: a paragraph for each, with a line of three numbers
// for each check.
func WriteText(w io.Writer, rows []Row) error {
	b := bufio.NewWriter(w)
	for i, r := range rows {
		if i > 0 {
			fmt.Fprintln(b)
		}
		fmt.Fprintln(b, r.Place)
		writeItem(b, "paper", r.Paper)
		writeItem(b, "holds", r.Holds)
		writeChecks(b, r.Checks)
		if r.RightIf != "" {
			writeItem(b, "right if", r.RightIf)
			writeChecks(b, r.Spared)
		}
	}
	return b.Flush()
}

// writeItem writes a labelled sentence, wrapped.
func writeItem(w io.Writer, label, sentence string) {
	indent := fmt.Sprintf("  %-8s  ", label)
	for _, line := range wrap(sentence, width-len(indent)) {
		fmt.Fprintf(w, "%s%s\n", indent, line)
		indent = strings.Repeat(" ", len(indent))
	}
}

func writeChecks(w io.Writer, checks []Check) {
	for _, c := range checks {
		for _, line := range append(wrap(c.Quantity, width-4), wrap(c.Setting, width-4)...) {
			fmt.Fprintf(w, "    %s\n", line)
		}
		fmt.Fprintf(w, "        paper %-8s perturb %-8s %s %s\n", number(c.Paper), number(c.Ours), c.By, number(c.Truth))
	}
}

// wrap breaks a sentence at spaces into lines of at most n characters, unless a word is
// longer.
func wrap(sentence string, n int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(sentence) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= n:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}
