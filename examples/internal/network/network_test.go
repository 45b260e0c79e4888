package network

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/sim/data"
	"github.com/perturb-go/perturb/sim/net"
)

// open returns the network of a model and flags.
func open(t *testing.T, model string, args ...string) (*Network, error) {
	t.Helper()
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	c := Flags(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return c.Open(model, net.Float64)
}

// folder makes one with files.
func folder(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// fashion returns the four files of Fashion-MNIST with one image of each class in each
// part, blank.
func fashion() map[string][]byte {
	images, labels := []byte{}, []byte{}
	for _, n := range []uint32{0x803, 10, 28, 28} {
		images = binary.BigEndian.AppendUint32(images, n)
	}
	for _, n := range []uint32{0x801, 10} {
		labels = binary.BigEndian.AppendUint32(labels, n)
	}
	for k := range byte(10) {
		images = append(images, bytes.Repeat([]byte{k, 255 - k}, 28*14)...)
		labels = append(labels, k)
	}
	return map[string][]byte{
		"train-images-idx3-ubyte": images, "train-labels-idx1-ubyte": labels,
		"t10k-images-idx3-ubyte": images, "t10k-labels-idx1-ubyte": labels,
	}
}

// cifar returns the files of CIFAR-10 with an image of each class in each.
func cifar() map[string][]byte {
	var batch []byte
	for k := range byte(10) {
		batch = append(append(batch, k), bytes.Repeat([]byte{k, 255 - k, 7 * k}, 32*32)...)
	}
	files := map[string][]byte{"test_batch.bin": batch}
	for _, name := range []string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"} {
		files[name] = batch
	}
	return files
}

// P §C.2's networks have 4450 and 5850 weights; a layer of a×b has ab.
func TestOpen(t *testing.T) {
	idx, bin := folder(t, fashion()), folder(t, cifar())
	for _, test := range []struct {
		model        string
		args         []string
		dim, points  int
		source, init string
	}{
		{"convnet", nil, 4450, 1000, "synthetic, seed 1: 1000 images of 1×28×28 in 10 classes", "0"},
		{"convnet", []string{"-format", "cifar10", "-points", "20", "-data-seed", "5", "-init", "3"}, 5850, 20, "synthetic, seed 5: 20 images of 3×32×32", "3"},
		{"logistic", nil, 7840, 1000, "synthetic", origin},
		{"logistic", []string{"-init", "0", "-classes", "4"}, 4 * 784, 1000, "in 4 classes", "0"},
		{"small", nil, 9*2 + 2*2, 100, "synthetic, seed 1: 100 images of 1×3×3 in 2 classes", "0"},
		{"small", []string{"-units", "3", "-format", "2x1×4", "-classes", "5", "-points", "7"}, 8*3 + 3*5, 7, "7 images of 2×1×4 in 5 classes", "0"},
		{"convnet", []string{"-data", idx, "-custom"}, 4450, 10, "fashion-mnist", "0"},
		{"convnet", []string{"-data", bin, "-custom"}, 5850, 50, "cifar-10", "0"},
		{"logistic", []string{"-data", bin, "-custom", "-format", "cifar10", "-points", "15", "-classes", "2"}, 2 * 3072, 4, "cifar-10", origin},
	} {
		n, err := open(t, test.model, test.args...)
		if err != nil {
			t.Errorf("%s %q: %v", test.model, test.args, err)
			continue
		}
		if n.Dim() != test.dim || len(n.Start) != test.dim || n.Points().Len() != test.points {
			t.Errorf("%s %q: %d weights, %d at the start, %d points", test.model, test.args, n.Dim(), len(n.Start), n.Points().Len())
		}
		if !strings.Contains(strings.ToLower(n.Source), test.source) || !strings.Contains(n.Source, "at init "+test.init+";") {
			t.Errorf("%s %q: %s", test.model, test.args, n.Source)
		}
		want := n.Model().Start(3)
		switch test.init {
		case origin:
			want = make([]float64, test.dim)
		case "0":
			want = n.Model().Start(0)
		}
		if !slices.Equal(n.Start, want) {
			t.Errorf("%s %q: the start is not init %s", test.model, test.args, test.init)
		}
	}
}

func TestNetworksThatCannotBeHad(t *testing.T) {
	idx := folder(t, fashion())
	for _, test := range []struct {
		model string
		args  []string
		want  error
	}{
		{"resnet", nil, ErrChoice},
		{"small", []string{"-init", "1e3"}, ErrChoice},
		{"small", []string{"-classes", "-1"}, ErrChoice},
		{"small", []string{"-format", "1x2x3x4"}, ErrChoice},
		{"small", []string{"-points", "1000000000000"}, data.ErrTooLarge},
		{"small", []string{"-units", "-1"}, net.ErrModel},
		{"convnet", []string{"-format", "1x8x8"}, net.ErrModel},
		{"convnet", []string{"-data", "no/such/folder"}, data.ErrNotFound},
		{"convnet", []string{"-data", t.TempDir()}, data.ErrNotFound},
		{"convnet", []string{"-data", idx}, data.ErrSize},
		{"convnet", []string{"-data", idx, "-custom", "-format", "cifar10"}, data.ErrNotFound},
		{"convnet", []string{"-data", idx, "-custom", "-format", "1x28x28"}, data.ErrOptions},
		{"convnet", []string{"-data", idx, "-custom", "-classes", "11"}, data.ErrSet},
	} {
		if _, err := open(t, test.model, test.args...); !errors.Is(err, ErrChoice) || !errors.Is(err, test.want) {
			t.Errorf("%s %q: %v", test.model, test.args, err)
		}
	}
}
