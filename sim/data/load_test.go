package data

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
)

// equal checks that a set has the points given, and is standardized over those of whole.
func (p points) equal(t *testing.T, s *Set, whole points) {
	t.Helper()
	want, err := New("", s.Shape(), s.Classes(), p.images, p.labels)
	if err != nil {
		t.Fatal(err)
	}
	over, err := New("", s.Shape(), s.Classes(), whole.images, whole.labels)
	if err != nil {
		t.Fatal(err)
	}
	if want, err = want.Standardize(over.Standard()); err != nil {
		t.Fatal(err)
	}
	if s.digest != want.digest {
		t.Errorf("%s is not the points that were written", s.Source())
	}
	got := make([]byte, s.Shape().Size())
	for i := range p.images {
		if s.Pixels(got, i); !bytes.Equal(got, p.images[i]) || s.Label(i) != int(p.labels[i]) {
			t.Fatalf("point %d is not the one that was written", i)
		}
	}
}

func TestLoad(t *testing.T) {
	cifar, bins, tarball, cifarTrain, cifarTest := smallCIFAR()
	sub := fstest.MapFS{}
	for name, f := range bins {
		sub["cifar-10-batches-bin/"+name] = f
	}
	fashion, plain, packed, fashionTrain, fashionTest := smallFashion()
	mixed := fstest.MapFS{
		"train-images-idx3-ubyte.gz": packed["train-images-idx3-ubyte.gz"],
		"train-labels-idx1-ubyte":    plain["train-labels-idx1-ubyte"],
	}
	const summed, unsummed = "(checksums as published)", "no checksum was compared"
	for _, c := range []struct {
		name   string
		layout layout
		files  fs.FS
		o      Options
		want   points
		source string
	}{
		{"bins", cifar, bins, Options{}, cifarTrain, unsummed},
		{"bins, test", cifar, bins, Options{Part: Test}, cifarTest, "CIFAR-10 test: 20 images of 3×32×32 in 10 classes (sizes"},
		{"bins, all", cifar, bins, Options{Part: All}, cifarTrain.join(cifarTest), "CIFAR-10 train and test: 120 images"},
		{"bins below", cifar, sub, Options{}, cifarTrain, unsummed},
		{"archive", cifar, tarball, Options{}, cifarTrain, summed},
		{"archive, test", cifar, tarball, Options{Part: Test}, cifarTest, summed},
		{"archive, all", cifar, tarball, Options{Part: All}, cifarTrain.join(cifarTest), summed},
		{"archive, custom", cifar, tarball, Options{Custom: true}, cifarTrain, "train in the format of CIFAR-10: 100 images of 3×32×32 in 10 classes (not compared with the published files)"},
		{"plain", fashion, plain, Options{}, fashionTrain, unsummed},
		{"packed", fashion, packed, Options{}, fashionTrain, "Fashion-MNIST train: 60 images of 1×28×28 in 10 classes " + summed},
		{"packed, test", fashion, packed, Options{Part: Test}, fashionTest, summed},
		{"packed, all", fashion, packed, Options{Part: All}, fashionTrain.join(fashionTest), summed},
		{"mixed", fashion, mixed, Options{}, fashionTrain, unsummed},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := load(c.layout, directory{c.files, "d"}, c.o)
			if err != nil {
				t.Fatal(err)
			}
			c.want.equal(t, s, c.want)
			if !strings.Contains(s.Source(), c.source) {
				t.Errorf("source %q, which should say %q", s.Source(), c.source)
			}
			for _, n := range []int{1, 19, 20, 21, s.Len(), s.Len() + 1} {
				o := c.o
				o.Limit = n
				few, err := load(c.layout, directory{c.files, "d"}, o)
				if err != nil {
					t.Fatal(err)
				}
				first, err := s.First(min(n, s.Len()))
				if err != nil {
					t.Fatal(err)
				}
				if few.Name() != first.Name() || few.Source() != first.Source() {
					t.Errorf("limit %d: %s, want %s", n, few.Name(), first.Name())
				}
			}
		})
	}
}

// The same points have the same name, however they are packed.
func TestLoadName(t *testing.T) {
	l, bins, tarball, _, _ := smallCIFAR()
	a, err := load(l, directory{bins, "d"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := load(l, directory{tarball, "e"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if a.Name() != b.Name() || !strings.HasPrefix(a.Name(), "CIFAR-10 train, sha256 ") {
		t.Errorf("%q and %q", a.Name(), b.Name())
	}
}

// Custom files may have any number of points, in any distribution.
func TestLoadCustom(t *testing.T) {
	p := drawPoints(5, Shape{3, 32, 32}, 7, 8)
	dir := t.TempDir()
	for i, name := range []string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"} {
		if err := os.WriteFile(filepath.Join(dir, name), p.cifar(max(0, i-1), []int{1, 2, 3, 4, 8}[i]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Load(CIFAR10, dir, Options{Custom: true})
	if err != nil {
		t.Fatal(err)
	}
	want := points{}
	for i, to := range []int{1, 2, 3, 4, 8} {
		from := max(0, i-1)
		want = want.join(points{p.images[from:to], p.labels[from:to]})
	}
	want.equal(t, s, want)
	var e *FileError
	if _, err := Load(CIFAR10, dir, Options{}); !errors.As(err, &e) || e.Err != ErrTruncated || e.File != filepath.Join(dir, "data_batch_1.bin") || e.Offset != 3073 {
		t.Errorf("as published: %v", err)
	}
}

// edited returns the data with byte i changed.
func edited(data []byte, i int, b byte) []byte {
	out := bytes.Clone(data)
	out[i] = b
	return out
}

func with(files fstest.MapFS, name string, data []byte) fstest.MapFS {
	out := maps.Clone(files)
	out[name] = file(data)
	return out
}

func without(files fstest.MapFS, name string) fstest.MapFS {
	out := maps.Clone(files)
	delete(out, name)
	return out
}

func TestLoadErrors(t *testing.T) {
	cifar, bins, tarball, cifarTrain, _ := smallCIFAR()
	fashion, plain, packed, _, _ := smallFashion()
	const record = 3073
	third := bins["data_batch_3.bin"].Data
	images, labels := plain["train-images-idx3-ubyte"].Data, plain["train-labels-idx1-ubyte"].Data
	packedLabels := packed["train-labels-idx1-ubyte.gz"].Data
	huge := binary.BigEndian.AppendUint32(bytes.Clone(images[:4]), 1<<32-1)
	huge = append(huge, images[8:]...)
	// Two points of one class instead of the other leave the format as it is.
	swapped := edited(third, 0, (cifarTrain.labels[2*perBatch]+1)%10)
	whole := tarball[cifar.archive].Data
	custom := Options{Custom: true}
	for _, c := range []struct {
		name   string
		layout layout
		files  fstest.MapFS
		o      Options
		cause  error
		file   string
		offset int64
	}{
		{"no folder", cifar, fstest.MapFS{}, Options{}, ErrNotFound, "d/data_batch_1.bin", 0},
		{"no batch", cifar, without(bins, "data_batch_4.bin"), Options{}, ErrNotFound, "d/data_batch_4.bin", 0},
		{"short batch", cifar, with(bins, "data_batch_3.bin", third[:2*record-1]), Options{}, ErrTruncated, "d/data_batch_3.bin", 2*record - 1},
		{"fewer records", cifar, with(bins, "data_batch_3.bin", third[:2*record]), Options{}, ErrTruncated, "d/data_batch_3.bin", 2 * record},
		{"part of a record", cifar, with(bins, "data_batch_3.bin", third[:2*record-1]), custom, ErrTruncated, "d/data_batch_3.bin", 2*record - 1},
		{"long batch", cifar, with(bins, "data_batch_3.bin", append(bytes.Clone(third), 0)), Options{}, ErrSize, "d/data_batch_3.bin", perBatch * record},
		{"empty batch", cifar, with(bins, "data_batch_3.bin", nil), custom, ErrTruncated, "d/data_batch_3.bin", 0},
		{"label", cifar, with(bins, "data_batch_3.bin", edited(third, 4*record, 10)), Options{}, ErrLabel, "d/data_batch_3.bin", 4 * record},
		{"label, custom", cifar, with(bins, "data_batch_3.bin", edited(third, 4*record, 255)), custom, ErrLabel, "d/data_batch_3.bin", 4 * record},
		{"classes", cifar, with(bins, "data_batch_3.bin", swapped), Options{}, ErrChecksum, "d/data_batch_5.bin", perBatch * record},
		{"folder for a batch", cifar, fstest.MapFS{"data_batch_1.bin": {Mode: fs.ModeDir}}, Options{}, ErrRead, "d/data_batch_1.bin", 0},
		{"pipe for a batch", cifar, fstest.MapFS{"data_batch_1.bin": {Mode: fs.ModeNamedPipe}}, custom, ErrRead, "d/data_batch_1.bin", 0},

		{"short archive", cifar, with(tarball, cifar.archive, whole[:1000]), Options{}, ErrSize, "d/cifar-10-binary.tar.gz", 1000},
		{"archive of other time", cifar, with(tarball, cifar.archive, edited(whole, 4, 1)), Options{}, ErrChecksum, "d/cifar-10-binary.tar.gz", -1},
		{"no archive", cifar, with(tarball, cifar.archive, []byte("<html><body>not here")), custom, ErrFormat, "d/cifar-10-binary.tar.gz", 0},
		{"empty archive", cifar, with(tarball, cifar.archive, nil), custom, ErrTruncated, "d/cifar-10-binary.tar.gz", 0},
		{"no tar in it", cifar, with(tarball, cifar.archive, pack(bytes.Repeat([]byte{'x'}, 2000))), custom, ErrFormat, "d/cifar-10-binary.tar.gz", 512},
		{"archive of nothing", cifar, with(tarball, cifar.archive, archive(bins)), custom, ErrNotFound, "d/cifar-10-binary.tar.gz", -1},
		{"archive of too little", cifar, with(tarball, cifar.archive, archive(bins, "data_batch_1.bin", "data_batch_2.bin")), custom, ErrNotFound, "d/cifar-10-binary.tar.gz", -1},
		{"archive of too much", cifar, with(tarball, cifar.archive, archive(bins, "data_batch_1.bin", "data_batch_1.bin")), custom, ErrFormat, "d/cifar-10-binary.tar.gz", -1},
		{"label in an archive", cifar,
			with(tarball, cifar.archive, archive(with(bins, "data_batch_3.bin", edited(third, 4*record, 10)), "data_batch_1.bin", "data_batch_3.bin")),
			custom, ErrLabel, "d/cifar-10-binary.tar.gz/cifar-10-batches-bin/data_batch_3.bin", 4 * record},
		{"cut archive", cifar, with(tarball, cifar.archive, whole[:len(whole)/2]), custom, ErrTruncated, "", -1},

		{"no images", fashion, fstest.MapFS{}, Options{}, ErrNotFound, "d/train-images-idx3-ubyte", 0},
		{"no labels", fashion, without(plain, "train-labels-idx1-ubyte"), Options{}, ErrNotFound, "d/train-labels-idx1-ubyte", 0},
		{"no head", fashion, with(plain, "train-images-idx3-ubyte", images[:3]), Options{}, ErrTruncated, "d/train-images-idx3-ubyte", 3},
		{"half a head", fashion, with(plain, "train-images-idx3-ubyte", images[:15]), Options{}, ErrTruncated, "d/train-images-idx3-ubyte", 15},
		{"magic", fashion, with(plain, "train-images-idx3-ubyte", labels), Options{}, ErrFormat, "d/train-images-idx3-ubyte", 0},
		{"floats", fashion, with(plain, "train-images-idx3-ubyte", edited(images, 2, 0x0d)), Options{}, ErrFormat, "d/train-images-idx3-ubyte", 0},
		{"height", fashion, with(plain, "train-images-idx3-ubyte", edited(images, 8, 1)), custom, ErrFormat, "d/train-images-idx3-ubyte", 8},
		{"width", fashion, with(plain, "train-images-idx3-ubyte", edited(images, 15, 27)), custom, ErrFormat, "d/train-images-idx3-ubyte", 12},
		{"count", fashion, with(plain, "train-images-idx3-ubyte", huge), Options{}, ErrSize, "d/train-images-idx3-ubyte", 4},
		{"count of labels", fashion, with(plain, "train-labels-idx1-ubyte", edited(labels, 7, 59)), custom, ErrFormat, "d/train-labels-idx1-ubyte", 4},
		{"none", fashion, with(plain, "train-images-idx3-ubyte", edited(images, 7, 0)), custom, ErrFormat, "d/train-images-idx3-ubyte", 4},
		{"short images", fashion, with(plain, "train-images-idx3-ubyte", images[:2000]), Options{}, ErrTruncated, "d/train-images-idx3-ubyte", 2000},
		{"short labels", fashion, with(plain, "train-labels-idx1-ubyte", labels[:20]), Options{}, ErrTruncated, "d/train-labels-idx1-ubyte", 20},
		{"long images", fashion, with(plain, "train-images-idx3-ubyte", append(bytes.Clone(images), 1)), custom, ErrSize, "d/train-images-idx3-ubyte", int64(len(images))},
		{"long labels", fashion, with(plain, "train-labels-idx1-ubyte", append(bytes.Clone(labels), 1)), custom, ErrSize, "d/train-labels-idx1-ubyte", int64(len(labels))},
		{"label of an image", fashion, with(plain, "train-labels-idx1-ubyte", edited(labels, 8+17, 10)), custom, ErrLabel, "d/train-labels-idx1-ubyte", 8 + 17},
		{"classes of images", fashion, with(plain, "train-labels-idx1-ubyte", edited(labels, 8, (labels[8]+1)%10)), Options{}, ErrChecksum, "d/train-labels-idx1-ubyte", int64(len(labels))},
		{"packed with no .gz", fashion, with(plain, "train-labels-idx1-ubyte", packedLabels), Options{}, ErrFormat, "d/train-labels-idx1-ubyte", 0},
		{"size of a packed file", fashion, with(packed, "train-labels-idx1-ubyte.gz", pack(labels[:30])), Options{}, ErrSize, "d/train-labels-idx1-ubyte.gz", int64(len(pack(labels[:30])))},
		{"sum of a packed file", fashion, with(packed, "train-labels-idx1-ubyte.gz", edited(packedLabels, 4, 1)), Options{}, ErrChecksum, "d/train-labels-idx1-ubyte.gz", int64(len(labels))},
		{"sum inside a packed file", fashion, with(packed, "train-labels-idx1-ubyte.gz", edited(packedLabels, len(packedLabels)-8, packedLabels[len(packedLabels)-8]+1)), custom, ErrChecksum, "d/train-labels-idx1-ubyte.gz", int64(len(labels))},
		{"cut packed file", fashion, with(packed, "train-labels-idx1-ubyte.gz", packedLabels[:len(packedLabels)-4]), custom, ErrTruncated, "d/train-labels-idx1-ubyte.gz", int64(len(labels))},
		{"bad block of a packed file", fashion, with(packed, "train-labels-idx1-ubyte.gz", edited(packedLabels, 10, 7)), custom, ErrFormat, "d/train-labels-idx1-ubyte.gz", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := load(c.layout, directory{c.files, "d"}, c.o)
			var e *FileError
			if !errors.As(err, &e) || s != nil {
				t.Fatalf("error %v, want a FileError", err)
			}
			if !errors.Is(err, c.cause) || e.Err != c.cause {
				t.Errorf("error %v, want %v", err, c.cause)
			}
			if c.file != "" && e.File != c.file || c.offset >= 0 && e.Offset != c.offset {
				t.Errorf("error %v, want %s at %d", err, c.file, c.offset)
			}
			if !strings.Contains(err.Error(), e.File) {
				t.Errorf("error %v does not name %s", err, e.File)
			}
			if c.cause == ErrNotFound && c.offset == 0 && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("error %v, want fs.ErrNotExist", err)
			}
		})
	}
}

func TestLoadOptionErrors(t *testing.T) {
	l, bins, _, _, _ := smallCIFAR()
	for _, o := range []Options{{Part: -1}, {Part: 3}, {Limit: -1}} {
		if _, err := load(l, directory{bins, "d"}, o); !errors.Is(err, ErrOptions) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	for _, f := range []Format{-1, 2} {
		if _, err := Load(f, ".", Options{}); !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), f.String()) {
			t.Errorf("%v: %v", f, err)
		}
		if f.Shape() != (Shape{}) || f.Classes() != 0 {
			t.Errorf("%v has shape %v", f, f.Shape())
		}
	}
}

// A failing disk is reported with its error.
type brokenFS struct{ fs.FS }

type brokenFile struct{ fs.File }

func (b brokenFS) Open(name string) (fs.File, error) {
	f, err := b.FS.Open(name)
	return brokenFile{f}, err
}

func (b brokenFile) Read(p []byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: "x", Err: io.ErrClosedPipe}
}

func TestLoadReadError(t *testing.T) {
	cifar, bins, tarball, _, _ := smallCIFAR()
	for _, files := range []fs.FS{bins, tarball} {
		var e *FileError
		_, err := load(cifar, directory{brokenFS{files}, "d"}, Options{})
		if !errors.As(err, &e) || !errors.Is(err, ErrRead) || !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("error %v", err)
		}
	}
}

// What a file claims takes no memory, and what is not kept does not either.
func TestLoadMemory(t *testing.T) {
	fashion, plain, _, _, _ := smallFashion()
	claim := []byte{0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 0, 28, 0, 0, 0, 28}
	files := with(with(plain, "train-images-idx3-ubyte", claim), "train-labels-idx1-ubyte", []byte{0, 0, 8, 1, 255, 255, 255, 255})
	if n := allocated(func() {
		if _, err := load(fashion, directory{files, "d"}, Options{Custom: true}); !errors.Is(err, ErrTruncated) {
			t.Error(err)
		}
	}); n > 1<<18 {
		t.Errorf("%d bytes were allocated for a head that claims 2³² images", n)
	}

	// 10000 images of zeros, 30 MB, unpack from a few KB.
	cifar := layouts[CIFAR10]
	cifar.parts[Test].batches = []batch{{images: "a", records: 10000}}
	zeros := fstest.MapFS{"a": file(make([]byte, 10000*3073))}
	packed := fstest.MapFS{cifar.archive: file(archive(zeros, "a"))}
	if n := allocated(func() {
		if s, err := load(cifar, directory{packed, "d"}, Options{Part: Test, Limit: 10, Custom: true}); err != nil || s.Len() != 10 {
			t.Error(err)
		}
	}); n > 1<<20 {
		t.Errorf("%d bytes were allocated for 10 images", n)
	}
}

func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestInputLimit(t *testing.T) {
	_, bins, _, _, _ := smallCIFAR()
	in, err := (&loader{layout: layouts[CIFAR10], directory: directory{bins, "d"}}).open("test_batch.bin")
	if err != nil {
		t.Fatal(err)
	}
	defer in.close()
	in.offset = maxBytes - 3073
	record := make([]byte, 3073)
	if err := in.full(record); err != nil {
		t.Errorf("2³⁰ bytes: %v", err)
	}
	if err := in.full(record); !errors.Is(err, ErrTooLarge) {
		t.Errorf("more than 2³⁰ bytes: %v", err)
	}
}

// The published numbers agree with each other.
func TestLayouts(t *testing.T) {
	for f, want := range map[Format][2]int{
		CIFAR10:      {50000, 10000}, // the data set's page
		FashionMNIST: {60000, 10000}, // the data set's readme
	} {
		l := f.layout()
		for part, p := range l.parts {
			n := 0
			for _, b := range p.batches {
				n += b.records
			}
			if n != want[part] || p.perClass*l.classes != n {
				t.Errorf("%v %v: %d points, %d of each class", f, Part(part), n, p.perClass)
			}
		}
		for name, s := range l.seals {
			if sum, err := hex.DecodeString(s.md5); err != nil || len(sum) != 16 || s.size < 1 {
				t.Errorf("%s: seal %v", name, s)
			}
		}
		if g, err := ParseFormat(f.String()); err != nil || g != f {
			t.Errorf("%v is parsed as %v, %v", f, g, err)
		}
	}
	for _, p := range []Part{Train, Test, All} {
		if q, err := ParsePart(p.String()); err != nil || q != p {
			t.Errorf("%v is parsed as %v, %v", p, q, err)
		}
	}
	if _, err := ParseFormat("imagenet"); !errors.Is(err, ErrOptions) {
		t.Error(err)
	}
	if _, err := ParsePart("valid"); !errors.Is(err, ErrOptions) {
		t.Error(err)
	}
}

// With PERTURB_DATA naming a folder that has them, the published files are read.
func TestPublished(t *testing.T) {
	folder := os.Getenv("PERTURB_DATA")
	if folder == "" {
		t.Skip("PERTURB_DATA names no folder")
	}
	for _, f := range []Format{CIFAR10, FashionMNIST} {
		for part, want := range map[Part]int{Train: f.layout().parts[Train].perClass * 10, Test: 10000} {
			s, err := Load(f, folder, Options{Part: part})
			if errors.Is(err, ErrNotFound) {
				t.Log(err)
				continue
			}
			if err != nil || s.Len() != want {
				t.Errorf("%v %v: %v", f, part, err)
				continue
			}
			t.Logf("%s; %s; %+v", s.Source(), s.Name(), s.Standard())
		}
	}
}
