package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/perturb-go/perturb/sim/net/measure"
)

// write writes the statistics.
func (o *options) write(r *measure.Result) error {
	var text bytes.Buffer
	if err := r.WriteJSON(&text, o.Source); err != nil {
		return err
	}
	return writeAtomically(o.out, text.Bytes())
}

// writeAtomically writes a file that is either as it was or whole, by way of a partial one
// beside it.
func writeAtomically(path string, data []byte) error {
	partial := path + ".partial"
	err := writeAndSync(partial, data)
	if err == nil {
		err = os.Rename(partial, path)
	}
	if err != nil {
		os.Remove(partial)
		return fmt.Errorf("%w: -o: %w", errInput, err)
	}
	return nil
}

// writeAndSync writes a file that outlives the process.
func writeAndSync(path string, data []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
