package rational

import (
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]*big.Rat{
		"0": big.NewRat(0, 1), "-0": big.NewRat(0, 1), "7": big.NewRat(7, 1), "+7": big.NewRat(7, 1),
		"-7/2": big.NewRat(-7, 2), "14/4": big.NewRat(7, 2), "010/3": big.NewRat(10, 3), "010": big.NewRat(10, 1),
		"0.25": big.NewRat(1, 4), ".5": big.NewRat(1, 2), "5.": big.NewRat(5, 1), "1e-3": big.NewRat(1, 1000), "2E2": big.NewRat(200, 1),
	} {
		if got, err := Parse(text); err != nil || got.Cmp(want) != 0 {
			t.Errorf("Parse(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]error{
		"": ErrSyntax, " 1": ErrSyntax, "1 ": ErrSyntax, "NaN": ErrSyntax, "Inf": ErrSyntax, "1/-2": ErrSyntax, "1//2": ErrSyntax,
		"0x10": ErrSyntax, "1_000": ErrSyntax, "1.5/2": ErrSyntax, "e5": ErrSyntax, ".": ErrSyntax, "1e": ErrSyntax,
		"1/0": ErrDivision, "1/000": ErrDivision,
		"1e300000": ErrRange, "1e-300000": ErrRange, "1e99999999999999999999": ErrRange, strings.Repeat("9", 1<<20): ErrRange,
	} {
		if got, err := Parse(text); !errors.Is(err, want) {
			t.Errorf("Parse(%.20q) = %v, %v; want error %v", text, got, err, want)
		}
	}
}

func TestFromJSON(t *testing.T) {
	for text, want := range map[string]*big.Rat{`"1/3"`: big.NewRat(1, 3), `0.1`: big.NewRat(1, 10), `-2`: big.NewRat(-2, 1)} {
		if got, err := FromJSON(json.RawMessage(text)); err != nil || got.Cmp(want) != 0 {
			t.Errorf("FromJSON(%s) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{``, `null`, `true`, `[1]`, `{}`, `"x"`, `1e300000`} {
		if got, err := FromJSON(json.RawMessage(text)); err == nil {
			t.Errorf("FromJSON(%s) = %v, want an error", text, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"1", "-7/2", "0.25", "1e-3", "1/0", "1e300000", "010/3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(q.RatString())
		if err == nil && again.Cmp(q) != 0 {
			t.Fatalf("%q reads as %v, which reads as %v", text, q, again)
		}
	})
}
