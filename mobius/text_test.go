package mobius_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/mobius"
	"pgregory.net/rapid"
)

const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_"

func TestParse(t *testing.T) {
	for _, test := range []struct {
		text, want string
	}{
		{"", ""},
		{"0", "0"},
		{"1-20-3", "02-1-3"},
		{"10", "01"},
		{"ab9876543210", "0123456789ab"},
		{digits, digits},
		{strings.Join(strings.Split(digits, ""), "-"), strings.Join(strings.Split(digits, ""), "-")},
	} {
		p, err := mobius.Parse(test.text)
		if err != nil || p.String() != test.want {
			t.Errorf("Parse(%q): got %v, %v, want %v", test.text, p, err, test.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, test := range []struct {
		text   string
		offset int
		want   error
	}{
		{" 0", 0, mobius.ErrSyntax},
		{"0,1", 1, mobius.ErrSyntax},
		{"0-é", 2, mobius.ErrSyntax},
		{"-", 0, mobius.ErrEmptyPart},
		{"-0", 0, mobius.ErrEmptyPart},
		{"0-", 2, mobius.ErrEmptyPart},
		{"0--1", 2, mobius.ErrEmptyPart},
		{"00", 1, mobius.ErrRepeated},
		{"01-2-1", 5, mobius.ErrRepeated},
		{"0-2", 2, mobius.ErrMissing},
		{"3-1-0", 0, mobius.ErrMissing},
		{digits + "0", 64, mobius.ErrRepeated},
	} {
		p, err := mobius.Parse(test.text)
		var got *mobius.ParseError
		if !errors.As(err, &got) || p != (mobius.Partition{}) {
			t.Errorf("Parse(%q): got %v, %v, want a ParseError", test.text, p, err)
			continue
		}
		if got.Text != test.text || got.Offset != test.offset || !errors.Is(err, test.want) {
			t.Errorf("Parse(%q): got %#v, want offset %d, %v", test.text, got, test.offset, test.want)
		}
		if errors.Is(err, mobius.ErrSyntax) == errors.Is(err, mobius.ErrNotPartition) {
			t.Errorf("Parse(%q): %v wraps not exactly one of ErrSyntax, ErrNotPartition", test.text, err)
		}
	}
	_, err := mobius.Parse("0-2")
	want := `mobius: parse "0-2": byte 2: not a set partition: element missing`
	if err.Error() != want {
		t.Errorf("got text %q, want %q", err, want)
	}
}

func TestMustParse(t *testing.T) {
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, mobius.ErrSyntax) {
			t.Errorf("recovered %v, want ErrSyntax", err)
		}
	}()
	mobius.MustParse("?")
}

func TestTextRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := partition(rapid.IntRange(0, mobius.MaxLen).Draw(t, "n")).Draw(t, "p")
		if q, err := mobius.Parse(p.String()); err != nil || q != p {
			t.Errorf("Parse(%q): %v, %v", p.String(), q, err)
		}
		q := parse("01")
		if err := q.UnmarshalText(must(p.MarshalText())); err != nil || q != p {
			t.Errorf("UnmarshalText(%q): %v, %v", p.String(), q, err)
		}
	})
}

func TestJSON(t *testing.T) {
	type record struct {
		P mobius.Partition
		M map[mobius.Partition]int
	}
	text := `{"P":"02-1","M":{"":5,"0-1":7}}`
	var r record
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	if got := must(json.Marshal(r)); string(got) != text {
		t.Errorf("got %s, want %s", got, text)
	}
	old := r.P
	if err := json.Unmarshal([]byte(`{"P":"02"}`), &r); !errors.Is(err, mobius.ErrMissing) || r.P != old {
		t.Errorf("got %v, error %v, want the old value and ErrMissing", r.P, err)
	}
}

// Every text is either an error, or means what its canonical form means.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"", "0", "1-20-3", "02-1-3", "0--1", "00", "0-2", "-", digits} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := mobius.Parse(text)
		if err != nil {
			var parse *mobius.ParseError
			if !errors.As(err, &parse) || parse.Offset < 0 || parse.Offset > len(text) || p != (mobius.Partition{}) {
				t.Fatalf("Parse(%q): %v, %#v", text, p, err)
			}
			return
		}
		canonical := p.String()
		if q, err := mobius.Parse(canonical); err != nil || q != p {
			t.Fatalf("Parse(%q) = %v, but Parse(%q) = %v, %v", text, p, canonical, q, err)
		}
		if len(canonical) != len(text) || p.Len()+max(p.NumParts()-1, 0) != len(text) {
			t.Fatalf("Parse(%q): %q has another length", text, canonical)
		}
	})
}
