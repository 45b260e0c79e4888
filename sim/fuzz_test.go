package sim

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"testing"
)

// Bytes that are read as a result are written as bytes that are read as the same one; all
// others are refused. The sums that end blocks are set right first, or nothing would pass.
func FuzzFromBytes(f *testing.F) {
	spec := Spec{Landscape: Mean{1, 1}, Eta: 0.1, Block: 2, Controls: NoControls, Runs: []Run{{Optimizer: Gaussian{1}}}}
	whole := simulate(f, spec, 5, Options{})
	for _, data := range [][]byte{nil, whole.Bytes(), whole.Bytes()[:100], bytes.Repeat(whole.Bytes()[:whole.plan.blockSize()], 2)} {
		f.Add(data)
	}
	size := whole.plan.blockSize()
	f.Fuzz(func(t *testing.T, data []byte) {
		for at := 0; at+size <= len(data); at += size {
			body := data[at : at+size-sha256.Size]
			sum := sha256.Sum256(body)
			copy(data[at+len(body):], sum[:])
		}
		r, err := FromBytes(spec, data)
		if err != nil {
			if !errors.Is(err, ErrResult) {
				t.Fatal(err)
			}
			return
		}
		if len(r.Bytes()) != len(data) {
			t.Fatalf("%d bytes are written as %d", len(data), len(r.Bytes()))
		}
		if again, err := FromBytes(spec, r.Bytes()); err != nil || !bytes.Equal(again.Bytes(), r.Bytes()) {
			t.Fatalf("written and read again: %v", err)
		}
		if _, err := r.Estimate(Snapshot{}, Test, Reduced); err != nil && !errors.Is(err, ErrResult) {
			t.Fatal(err)
		}
	})
}

// The name of a landscape that is read is read as the same one.
func FuzzParseLandscape(f *testing.F) {
	for _, text := range []string{"gauss", "archimedes", "mean", "mean H=0.1 S=10", "ridge H=1e-3 S=-0", "mean H=NaN", "mean H=1 H=1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseLandscape(text)
		if err != nil {
			if !errors.Is(err, ErrLandscape) {
				t.Fatal(err)
			}
			return
		}
		if again, err := ParseLandscape(l.Name()); err != nil || again != l {
			t.Fatalf("%q is %q, which is %v, %v", text, l.Name(), again, err)
		}
	})
}
