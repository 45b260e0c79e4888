package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/perturb-go/perturb/sim/net/measure"
)

// saveEvery is about how long a measurement goes on between one save and the next: what a
// process that is killed loses.
const saveEvery = 5 * time.Second

// A blocksFile has the estimates of the blocks that are done.
type blocksFile struct {
	// Measurement identifies what is measured, with all that the estimates depend on.
	Measurement string      `json:"measurement"`
	Source      string      `json:"source"`
	Rows        [][]float64 `json:"rows"`
}

// path is where the blocks are kept.
func (o *options) path() string { return o.out + ".blocks" }

// key identifies the measurement.
func (o *options) key() string {
	s := o.spec
	return fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "perturb measure 1\n%q\n%x\n%v\n%v\n%d %d %d\n",
		s.Landscape.Name(), s.Theta, s.Diagrams, s.Form, s.Batch, s.Tied, s.Seed)))
}

// measure measures the blocks that there are not yet, and keeps them.
func (o *options) measure(ctx context.Context, report func(done int64)) (*measure.Result, error) {
	rows, err := o.load()
	if err != nil {
		return nil, err
	}
	// Blocks do not depend on how many are measured at a time.
	for step := 1; ; {
		before := time.Now()
		target := min(len(rows)+step, o.blocks)
		result, err := measure.Run(ctx, o.spec, max(target, 1), measure.Options{
			Workers: o.workers, Known: rows, Progress: func(done int) { report(int64(done)) },
		})
		if result != nil && len(rows) < result.Blocks() {
			rows = result.Rows()
			if err := o.save(rows); err != nil {
				return nil, err
			}
		}
		if errors.Is(err, context.Canceled) {
			return nil, fmt.Errorf("interrupted after %d of %d blocks; the same command continues", len(rows), o.blocks)
		}
		if err != nil || target == o.blocks {
			return result, err
		}
		if time.Since(before) < saveEvery {
			step *= 2
		}
	}
}

// load returns the blocks that are done, at most as many as are asked for.
func (o *options) load() ([][]float64, error) {
	text, err := os.ReadFile(o.path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errInput, err)
	}
	var file blocksFile
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("%w: %s: %w; remove it to begin anew", errInput, o.path(), err)
	}
	if file.Measurement != o.key() {
		return nil, fmt.Errorf("%w: %s has blocks of another measurement, of %.200s; remove it, or choose another -o", errInput, o.path(), file.Source)
	}
	return file.Rows[:min(len(file.Rows), o.blocks)], nil
}

func (o *options) save(rows [][]float64) error {
	text, err := json.Marshal(blocksFile{o.key(), o.Source, rows})
	if err != nil {
		return fmt.Errorf("a value is no finite number: %w", err)
	}
	return writeAtomically(o.path(), text)
}
