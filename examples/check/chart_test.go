package main

import (
	"strings"
	"testing"
)

// The title of a picture, which is long for a network, is broken into lines.
func TestWrap(t *testing.T) {
	long := strings.Repeat("é", 100)
	for text, want := range map[string]string{
		"":                               "",
		"gauss, sgd":                     "gauss, sgd",
		long:                             long,
		"a " + long + " b":               "a\n" + long + "\nb",
		strings.Repeat("é", 78) + " b":   strings.Repeat("é", 78) + " b",
		strings.Repeat("é", 78) + " bc":  strings.Repeat("é", 78) + "\nbc",
		strings.Repeat("é", 77) + " b c": strings.Repeat("é", 77) + " b\nc",
	} {
		if got := wrap(text); got != want {
			t.Errorf("wrap(%q) = %q, want %q", text, got, want)
		}
	}
}
