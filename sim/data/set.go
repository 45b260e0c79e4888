package data

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// A Set is a finite number of labelled images of one shape, and the uniform distribution
// over them. It is immutable, and may be used by many goroutines at once. The zero Set has
// no points; all others have at least one.
//
// Points are indexed from 0 to Len()−1. Indices within that range, and buffers of
// Shape().Size() numbers, are the caller's duty, as with slices.
type Set struct {
	title    string // what the points are
	check    string // what is known of where they are from
	shape    Shape
	classes  int
	images   [][]byte
	labels   []uint8
	standard Standard
	double   table[float64]
	single   table[float32]
	digest   [sha256.Size]byte
}

// New returns a set of images, each of shape.Size() pixels in the order of Shape, with
// their labels, below classes. They are copied. The title is what Source and Name begin
// with. Pixels are standardized over the images given.
//
// The error wraps ErrSet or ErrTooLarge.
func New(title string, shape Shape, classes int, images [][]byte, labels []uint8) (*Set, error) {
	if err := shape.check(); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	if err := checkClasses(classes); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	if len(images) == 0 || len(images) != len(labels) {
		return nil, fmt.Errorf("data: %w: %d images and %d labels", ErrSet, len(images), len(labels))
	}
	if int64(len(images)) > maxBytes/int64(shape.Size()) {
		return nil, fmt.Errorf("data: %w: %d images of %v", ErrTooLarge, len(images), shape)
	}
	t := newTally(shape.Channels)
	kept := make([][]byte, len(images))
	for i, image := range images {
		if len(image) != shape.Size() {
			return nil, fmt.Errorf("data: %w: image %d has %d pixels, of %v", ErrSet, i, len(image), shape)
		}
		if int(labels[i]) >= classes {
			return nil, fmt.Errorf("data: %w: image %d has label %d, of %d classes", ErrSet, i, labels[i], classes)
		}
		t.add(image)
		kept[i] = bytes.Clone(image)
	}
	s := &Set{title: title, check: "the caller's own", shape: shape, classes: classes, images: kept, labels: slices.Clone(labels)}
	return s.finish(t.standard()), nil
}

// finish completes a new set with its standard, which is right, and what follows from it.
func (s *Set) finish(standard Standard) *Set {
	s.standard = standard
	s.double = standard.table()
	s.single = s.double.single()
	s.digest = s.sum()
	return s
}

// sum returns SHA-256 of all that the numbers of the set depend on: the shape, the classes
// and the number of points as 8 bytes each, the bits of means and deviations, the labels,
// and the pixels.
func (s *Set) sum() (out [sha256.Size]byte) {
	h := sha256.New()
	words := []uint64{uint64(s.shape.Channels), uint64(s.shape.Height), uint64(s.shape.Width), uint64(s.classes), uint64(len(s.images))}
	for c := range s.standard.Mean {
		words = append(words, math.Float64bits(s.standard.Mean[c]), math.Float64bits(s.standard.Deviation[c]))
	}
	var head []byte
	for _, w := range words {
		head = binary.BigEndian.AppendUint64(head, w)
	}
	h.Write(head)
	h.Write(s.labels)
	for _, image := range s.images {
		h.Write(image)
	}
	h.Sum(out[:0])
	return out
}

// Name names the set, with the first 16 bytes of a digest of all that its images and
// labels depend on: sets of equal names are equal.
func (s *Set) Name() string { return fmt.Sprintf("%s, sha256 %x", s.title, s.digest[:16]) }

// Source says, for people, what the points are, and what is known of where they are from.
// Whatever is computed from the set should print it.
func (s *Set) Source() string {
	return fmt.Sprintf("%s: %d images of %v in %d classes (%s)", s.title, s.Len(), s.shape, s.classes, s.check)
}

// Len returns the number of points.
func (s *Set) Len() int { return len(s.images) }

// Shape returns the shape of the images.
func (s *Set) Shape() Shape { return s.shape }

// Classes returns the number of classes: labels are below it.
func (s *Set) Classes() int { return s.classes }

// Label returns the label of point i.
func (s *Set) Label(i int) int { return int(s.labels[i]) }

// Image sets dst, of Shape().Size() numbers, to the standardized pixels of point i; see
// Standard.
func (s *Set) Image(dst []float64, i int) { s.double.look(dst, s.images[i]) }

// Image32 is Image in float32: each number is that of Image, rounded.
func (s *Set) Image32(dst []float32, i int) { s.single.look(dst, s.images[i]) }

// Pixels sets dst, of Shape().Size() bytes, to the pixels of point i as they are.
func (s *Set) Pixels(dst []byte, i int) { copy(dst[:s.shape.Size()], s.images[i]) }

// Standard returns how the pixels are standardized.
func (s *Set) Standard() Standard { return s.standard.clone() }

// Draw returns the index of a point drawn uniformly from all of them, whatever was drawn
// before: training and test points are drawn so (P §C.2).
func (s *Set) Draw(r *rand.Rand) int { return r.IntN(len(s.images)) }
