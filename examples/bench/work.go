//go:build unix

package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A work is a benchmark with sub-benchmarks of one name, and what it is compared with.
type work struct {
	Package, Name string
	What          string
	Target        string // of the project
	Peer          string // another program's figure for the same, or ""
	times         string // how often it is run; "" for long enough to tell
	metric        string // a unit of the benchmark's own that is of interest, or ""

	perRun time.Duration // by the wall clock
	cpu    time.Duration // of user and system, of one run, with its part of the preparations
	memory int64         // the most bytes that the process held
	own    string        // the number of the unit metric
}

// pattern matches the benchmark by its name, element by element.
func (w work) pattern() string {
	var words []string
	for _, word := range strings.Split(w.Name, "/") {
		words = append(words, "^"+regexp.QuoteMeta(word)+"$")
	}
	return strings.Join(words, "/")
}

// Runs returns the number of runs, as -benchtime takes it; for short ones it is the second
// that Go runs a benchmark by default.
func (w work) Runs() string {
	if w.times == "" {
		return "1s"
	}
	return w.times + "x"
}

// measure runs the benchmark in a process of its own, and notes the processor.
func (w *work) measure(folder string, processor *string) error {
	path, err := binary(folder, w.Package)
	if err != nil {
		return err
	}
	cmd := exec.Command(path, "-test.run", "^$", "-test.bench", w.pattern(), "-test.benchtime", w.Runs())
	cmd.Dir = w.Package
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	runs := 0
	if runs, w.perRun, err = readResult(string(out)); err != nil {
		return err
	}
	if w.own, err = readMetric(string(out), w.metric); err != nil {
		return err
	}
	if _, after, ok := strings.Cut(string(out), "\ncpu: "); ok {
		*processor, _, _ = strings.Cut(after, "\n")
	}
	w.cpu = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()) / time.Duration(runs)
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		w.memory = usage.Maxrss << 10 // in KiB on Linux
	}
	return nil
}

// result is a line such as
//
//	BenchmarkAll/edges=9-2   3   243703743 ns/op   142111424 B/op
var result = regexp.MustCompile(`(?m)^Benchmark\S+\s+(\d+)\s+([0-9.]+) ns/op`)

// readResult returns the number of runs and the time of one, of the only benchmark in a test's
// output.
func readResult(out string) (runs int, perRun time.Duration, err error) {
	lines := result.FindAllStringSubmatch(out, -1)
	if len(lines) != 1 {
		return 0, 0, fmt.Errorf("%d benchmarks instead of one: %s", len(lines), out)
	}
	if runs, err = strconv.Atoi(lines[0][1]); err != nil {
		return 0, 0, err
	}
	ns, err := strconv.ParseFloat(lines[0][2], 64)
	return runs, time.Duration(ns), err
}

// readMetric returns the number of a unit in the output of a benchmark, "" of no unit.
func readMetric(out, unit string) (string, error) {
	if unit == "" {
		return "", nil
	}
	words := strings.Fields(out)
	at := slices.Index(words, unit)
	if at < 1 {
		return "", fmt.Errorf("no %s: %s", unit, out)
	}
	number, err := strconv.ParseFloat(words[at-1], 64)
	return strconv.FormatFloat(number, 'g', 3, 64), err
}

// Metric returns a benchmark's number of its own with its unit.
func (w work) Metric() string { return strings.TrimSpace(w.own + " " + w.metric) }

// Time returns the wall-clock time of one run.
func (w work) Time() string { return short(w.perRun) }

// CPU returns the processor time of one run.
func (w work) CPU() string { return short(w.cpu) }

// Memory returns the most memory that the process held.
func (w work) Memory() string { return fmt.Sprintf("%d MB", w.memory/1e6) }

// short returns a duration to two or three digits.
func short(d time.Duration) string {
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "µs"}} {
		if d >= unit.size {
			return fmt.Sprintf("%.3g %s", float64(d)/float64(unit.size), unit.name)
		}
	}
	return fmt.Sprintf("%d ns", d.Nanoseconds())
}
