package program

import (
	"errors"
	"flag"
	"strings"
	"testing"
)

func TestStatus(t *testing.T) {
	long := strings.Repeat("é", 400)
	for _, c := range []struct {
		err    error
		bad    bool
		status int
		stderr string
	}{
		{nil, false, 0, ""},
		{flag.ErrHelp, true, 0, ""},
		{errors.New("no such thing"), true, 2, "p: no such thing\n"},
		{errors.New("p: no such part"), true, 2, "p: no such part\n"},
		{errors.New("disk full"), false, 1, "p: disk full\n"},
		{errors.Join(errors.New("a"), errors.New("b")), true, 2, "p: a; b\n"},
		{errors.New(long), true, 2, "p: " + long[:500] + "…\n"},
	} {
		var stderr strings.Builder
		if status := Status(&stderr, "p", c.err, c.bad); status != c.status || stderr.String() != c.stderr {
			t.Errorf("%v: status %d, %q; want %d, %q", c.err, status, stderr.String(), c.status, c.stderr)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		args []string
		err  string // "" for none
	}{
		{[]string{"-n", "3"}, ""},
		{[]string{"-n", "x"}, "-n"},
		{[]string{"-m"}, "-m"},
		{[]string{"-n", "3", "sgd", "N=10"}, `"sgd"`},
	} {
		f := Flags("p")
		n := f.Int("n", 0, "a number")
		var out strings.Builder
		err := Parse(f, c.args, "about p", &out)
		if c.err == "" && (err != nil || *n != 3) || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) || out.Len() > 0 {
			t.Errorf("%q: n = %d, error %v, printed %q", c.args, *n, err, &out)
		}
	}
	f := Flags("p")
	f.Int("n", 0, "a number")
	var out strings.Builder
	if err := Parse(f, []string{"-h"}, "about p", &out); err != flag.ErrHelp || !strings.HasPrefix(out.String(), "about p\n\n") || !strings.Contains(out.String(), "a number") {
		t.Errorf("-h: error %v, printed %q", err, &out)
	}
}
