//go:build unix

// Bench runs the project's benchmarks and writes what they took as a page: README.md beside
// it, with other programs' figures for the same work. It needs the go command, and to be run in
// the project. Give it the machine to itself.
//
//	go run ./examples/bench -o examples/bench/README.md
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"text/template"
	"time"
)

//go:embed page.md
var page string

// A report is what the page is filled with.
type report struct {
	CPU, Go, Date string
	Processors    int
	Before, After string // load averages
	Sections      []section
}

func main() {
	match := flag.String("match", "", "run the benchmarks whose package and name match this `REGEXP` only")
	out := flag.String("o", "", "write the page to this `FILE`, not to standard output")
	flag.Parse()
	if err := run(*match, *out); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(match, out string) error {
	only, err := regexp.Compile(match)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	r := report{
		Go: runtime.Version(), Date: time.Now().UTC().Format(time.DateOnly),
		Processors: runtime.NumCPU(), Before: load(),
	}
	for _, s := range sections {
		done := section{Title: s.Title, Note: s.Note}
		for _, w := range s.Works {
			if !only.MatchString(w.Package + ": " + w.Name) {
				continue
			}
			if err := w.measure(folder, &r.CPU); err != nil {
				return fmt.Errorf("%s: %s: %w", w.Package, w.Name, err)
			}
			fmt.Fprintf(os.Stderr, "%s: %s: %s\n", w.Package, w.Name, w.Time())
			done.Works = append(done.Works, w)
		}
		if len(done.Works) > 0 {
			r.Sections = append(r.Sections, done)
		}
	}
	r.After = load()
	text, err := template.New("page").Parse(page)
	if err != nil {
		return err
	}
	file := os.Stdout
	if out != "" {
		if file, err = os.Create(out); err != nil {
			return err
		}
		defer file.Close()
	}
	return text.Execute(file, r)
}

// load returns the load averages of the last 1, 5 and 15 minutes, where the system tells.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if words := strings.Fields(string(text)); err == nil && len(words) >= 3 {
		return strings.Join(words[:3], ", ")
	}
	return "not known"
}

// binary returns the test binary of a package, which it builds unless it is there.
func binary(folder, pkg string) (string, error) {
	path := filepath.Join(folder, strings.ReplaceAll(pkg, "/", "-")+".test")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	out, err := exec.Command("go", "test", "-c", "-o", path, "./"+pkg).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
}
