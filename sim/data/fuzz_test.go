package data

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"testing/fstest"
)

var causes = []error{ErrNotFound, ErrRead, ErrTruncated, ErrFormat, ErrLabel, ErrSize, ErrChecksum, ErrTooLarge}

// loadAny loads files as custom ones. It returns nil after checking the error, if there is one.
func loadAny(t *testing.T, l layout, files fstest.MapFS) *Set {
	t.Helper()
	s, err := load(l, directory{files, "folder"}, Options{Custom: true})
	if err == nil {
		return s
	}
	var e *FileError
	if !errors.As(err, &e) || !slices.Contains(causes, e.Err) || e.File == "" || e.Offset < 0 {
		t.Fatalf("error %v", err)
	}
	if s != nil {
		t.Fatalf("both a set and the error %v", err)
	}
	return nil
}

// taken returns the points of a set.
func taken(s *Set) points {
	var p points
	for i := range s.Len() {
		image := make([]byte, s.Shape().Size())
		s.Pixels(image, i)
		p.images = append(p.images, image)
		p.labels = append(p.labels, uint8(s.Label(i)))
	}
	return p
}

// tiny returns a format with images so small that fuzzing is about the format.
func tiny(f Format) layout {
	l := layouts[f]
	switch l.shape = (Shape{1, 2, 3}); f {
	case CIFAR10:
		l.parts[Train].batches = []batch{{images: "a.bin", records: 1}}
	case FashionMNIST:
		l.parts[Train].batches = []batch{{"images", "labels", 1}}
	}
	return l
}

// Records of tiny CIFAR are of 7 bytes.
func FuzzCIFAR(f *testing.F) {
	p := drawPoints(1, Shape{1, 2, 3}, 10, 3)
	good := p.cifar(0, 3)
	f.Add(good)
	f.Add(good[:7])
	f.Add(good[:8])
	f.Add(edited(good, 7, 10))
	f.Fuzz(func(t *testing.T, data []byte) {
		if s := loadAny(t, tiny(CIFAR10), fstest.MapFS{"a.bin": file(data)}); s != nil {
			if p := taken(s); !bytes.Equal(p.cifar(0, s.Len()), data) {
				t.Fatal("what was read, written, is not what was there")
			}
		}
	})
}

func FuzzArchive(f *testing.F) {
	p := drawPoints(1, Shape{1, 2, 3}, 10, 3)
	files := fstest.MapFS{"a.bin": file(p.cifar(0, 3)), "b.bin": file([]byte("b"))}
	f.Add(archive(files, "b.bin", "a.bin"))
	f.Add(archive(files, "b.bin"))
	f.Add(archive(files, "a.bin", "a.bin"))
	f.Add(pack(make([]byte, 1024)))
	f.Add([]byte("\x1f\x8b\x08"))
	l := tiny(CIFAR10)
	f.Fuzz(func(t *testing.T, data []byte) {
		if s := loadAny(t, l, fstest.MapFS{l.archive: file(data)}); s != nil {
			// What was read is a set that an archive can have.
			p := taken(s)
			again := archive(fstest.MapFS{"a.bin": file(p.cifar(0, s.Len()))}, "a.bin")
			if r := loadAny(t, l, fstest.MapFS{l.archive: file(again)}); r == nil || r.Name() != s.Name() {
				t.Fatal("what was read, written, is not read again")
			}
		}
	})
}

func FuzzIDX(f *testing.F) {
	images, labels := drawPoints(1, Shape{1, 2, 3}, 10, 3).idx(2, 3)
	f.Add(images, labels)
	f.Add(images[:15], labels)
	f.Add(images[:25], labels[:9])
	f.Add(edited(images, 4, 255), edited(labels, 4, 255))
	f.Add(edited(images, 8, 255), labels)
	f.Add(images, edited(labels, 9, 10))
	f.Add(labels, images)
	f.Fuzz(func(t *testing.T, images, labels []byte) {
		if s := loadAny(t, tiny(FashionMNIST), fstest.MapFS{"images": file(images), "labels": file(labels)}); s != nil {
			i, l := taken(s).idx(2, 3)
			if !bytes.Equal(i, images) || !bytes.Equal(l, labels) {
				t.Fatal("what was read, written, is not what was there")
			}
		}
	})
}

func FuzzPackedIDX(f *testing.F) {
	images, labels := drawPoints(1, Shape{1, 2, 3}, 10, 3).idx(2, 3)
	good := pack(labels)
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(edited(good, len(good)-1, 1))
	f.Add(append(bytes.Clone(good), good...))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, packed []byte) {
		if s := loadAny(t, tiny(FashionMNIST), fstest.MapFS{"images": file(images), "labels.gz": file(packed)}); s != nil {
			if s.Len() != 3 {
				t.Fatalf("%d points of 3 images", s.Len())
			}
		}
	})
}
