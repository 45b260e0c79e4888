//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestReadResult(t *testing.T) {
	const out = "goos: linux\ncpu: AMD EPYC\nBenchmarkAll/edges=9-2         \t       3\t 243703743 ns/op\t 142111424 B/op\nPASS\n"
	if runs, perRun, err := readResult(out); runs != 3 || perRun != 243703743*time.Nanosecond || err != nil {
		t.Errorf("%d runs of %v, error %v", runs, perRun, err)
	}
	for _, out := range []string{"PASS\n", strings.Repeat(out, 2)} {
		if _, _, err := readResult(out); err == nil {
			t.Errorf("no error for %q", out)
		}
	}
}

func TestReadMetric(t *testing.T) {
	const out = "BenchmarkVariance/etaT=1-2  100  2468 ns/op  3.937 cost  33013 raw/reduced\nPASS\n"
	if got, err := readMetric(out, "raw/reduced"); got != "3.3e+04" || err != nil {
		t.Errorf("%q, error %v", got, err)
	}
	if got, err := readMetric(out, ""); got != "" || err != nil {
		t.Errorf("%q, error %v", got, err)
	}
	if _, err := readMetric(out, "speedup"); err == nil {
		t.Error("no error for a metric that is not there")
	}
}

func TestShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		61: "61 ns", 1600: "1.6 µs", 352458: "352 µs", 1250 * time.Millisecond: "1.25 s", 265 * time.Second: "265 s",
	} {
		if got := short(d); got != want {
			t.Errorf("%d ns: %s, want %s", d.Nanoseconds(), got, want)
		}
	}
}

// The page has a row for every benchmark that there is to run, which is there to be run.
func TestPageIsComplete(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sections {
		for _, w := range s.Works {
			if row := []byte("| `" + w.Package + ": " + w.Name + "` | " + w.What + " | " + w.Runs() + " | "); !bytes.Contains(page, row) {
				t.Errorf("no row for %s: %s", w.Package, w.Name)
			}
			function, _, _ := strings.Cut(w.Name, "/")
			files, _ := filepath.Glob("../../" + w.Package + "/*_test.go")
			found := false
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				found = found || bytes.Contains(text, []byte("func "+function+"(b *testing.B)"))
			}
			if !found {
				t.Errorf("%s has no %s", w.Package, function)
			}
		}
	}
}
