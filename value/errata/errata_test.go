package errata

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

var ctx = context.Background()

var update = flag.Bool("update", false, "rewrite README.md")

func allRows(t *testing.T) []Row {
	t.Helper()
	rows, err := Rows(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// Every erratum is decided by numbers: ours is the truth, and the paper's is not, except
// where the row says that it is.
func TestRows(t *testing.T) {
	rows := allRows(t)
	if len(rows) != 11 {
		t.Errorf("%d errata, want 11", len(rows))
	}
	for _, r := range rows {
		if r.Place == "" || r.Paper == "" || r.Holds == "" || len(r.Checks) == 0 {
			t.Errorf("%q is not whole", r.Place)
		}
		if (r.RightIf == "") != (len(r.Spared) == 0) {
			t.Errorf("%s: right if %q, with %d numbers", r.Place, r.RightIf, len(r.Spared))
		}
		check := func(c Check, right bool) {
			if c.Quantity == "" || c.Setting == "" || c.By == "" {
				t.Errorf("%s: %+v is not whole", r.Place, c)
			}
			if c.Ours.Cmp(c.Truth) != 0 {
				t.Errorf("%s, %s, %s: ours is %v, and %s %v", r.Place, c.Quantity, c.Setting, c.Ours, c.By, c.Truth)
			}
			if (c.Paper.Cmp(c.Truth) == 0) != right {
				t.Errorf("%s, %s, %s: the paper's is %v, and %s %v", r.Place, c.Quantity, c.Setting, c.Paper, c.By, c.Truth)
			}
		}
		for _, c := range r.Checks {
			check(c, false)
		}
		for _, c := range r.Spared {
			check(c, true)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Rows(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want that the context was cancelled", err)
	}
}

// The page README.md is what WriteMarkdown writes.
func TestPage(t *testing.T) {
	var page bytes.Buffer
	if err := WriteMarkdown(&page, allRows(t)); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("README.md", page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if page.String() != string(want) {
		t.Errorf("README.md differs (go test -update rewrites it); got\n%s", &page)
	}
	for line := range strings.Lines(page.String()) {
		if bars := strings.Count(line, "|") - strings.Count(line, `\|`); bars != 0 && bars != 8 {
			t.Errorf("a line of the table has %d bars: %s", bars, line)
		}
	}
}

// The text says what the rows say, in lines that fit.
func TestText(t *testing.T) {
	rows := allRows(t)
	var text bytes.Buffer
	if err := WriteText(&text, rows); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text.String()) {
		if utf8.RuneCountInString(line) > width+1 || strings.TrimRight(line, " \n") != strings.TrimSuffix(line, "\n") {
			t.Errorf("%q is too long, or ends in spaces", line)
		}
	}
	words := strings.Join(strings.Fields(text.String()), " ")
	for _, r := range rows {
		for _, want := range []string{r.Place, r.Paper, r.Holds, r.RightIf} {
			if !strings.Contains(words, want) {
				t.Errorf("no %q in the text", want)
			}
		}
		for _, c := range append(r.Checks, r.Spared...) {
			want := c.Quantity + " " + c.Setting + " paper " + number(c.Paper) + " perturb " + number(c.Ours) + " " + c.By + " " + number(c.Truth)
			if !strings.Contains(words, want) {
				t.Errorf("no %q in the text", want)
			}
		}
	}
}

var errFull = errors.New("the disk is full")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrors(t *testing.T) {
	rows := allRows(t)
	if err := WriteText(fullDisk{}, rows); !errors.Is(err, errFull) {
		t.Errorf("WriteText: %v", err)
	}
	if err := WriteMarkdown(fullDisk{}, rows); !errors.Is(err, errFull) {
		t.Errorf("WriteMarkdown: %v", err)
	}
}
