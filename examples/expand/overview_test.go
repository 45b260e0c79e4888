package main

import (
	"fmt"
	"math"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// The overview ends with simulated SGD: within four standard errors of exact SGD, which it
// prints above, and of discrete values of order 4, but not of continuous ones or of plain
// ones. It is the same every time.
func TestOverview(t *testing.T) {
	text, stderr, status := expand()
	if status != 0 || stderr != "" {
		t.Fatalf("status %d: %s", status, stderr)
	}
	if again, _, _ := expand(); again != text {
		t.Error("the second time it prints something else")
	}
	if !strings.HasSuffix(text, "0 of 2 rejected at 5%, the largest |z| is 1.4. More with go run ./examples/check.\n") && runtime.GOARCH == "amd64" {
		t.Errorf("it ends with %q", text[max(0, len(text)-200):])
	}
	for _, eta := range []string{"0.02", "0.08"} {
		exact := numbers(t, text, eta+`(?: +\S+){4} +(\S+) +\S+\n`)[0]
		measured := numbers(t, text, eta+` +(\S+) ± (\S+) +1 `)
		if z := (measured[0] - exact) / measured[1]; math.Abs(z) > 4 {
			t.Errorf("η = %s: measured %v ± %v, exactly %v", eta, measured[0], measured[1], exact)
		}
		rows := text[strings.Index(text, fmt.Sprintf("%s   %.8f ±", eta, measured[0])):]
		z := numbers(t, rows, ` +4 +\S+ +(\S+) +\S+ +(\S+) +\S+ +(\S+)\n`)
		if math.Abs(z[0]) < 20 || math.Abs(z[1]) < 200 || math.Abs(z[2]) > 4 {
			t.Errorf("η = %s: order 4 is at z = %v", eta, z)
		}
	}
}

// numbers returns the numbers that a pattern's groups match first.
func numbers(t *testing.T, text, pattern string) (x []float64) {
	t.Helper()
	match := regexp.MustCompile(`(?:^|\n)` + pattern).FindStringSubmatch("\n" + text)
	if match == nil {
		t.Fatalf("nothing like %s in %s", pattern, text)
	}
	for _, m := range match[1:] {
		v, err := strconv.ParseFloat(m, 64)
		if err != nil {
			t.Fatal(err)
		}
		x = append(x, v)
	}
	return x
}
