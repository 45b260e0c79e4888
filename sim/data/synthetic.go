package data

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

// A Synthesis says what to make up.
type Synthesis struct {
	Shape   Shape
	Classes int // 1 to 256
	Points  int
	Seed    uint64
}

// Levels of a synthetic pixel, in units of 1/256 of a level.
const (
	middle            = 128 << 8
	templateDeviation = 36 << 8 // of the templates of the classes
	variedDeviation   = 36 << 8 // of the smooth fields by which images of a class differ
	whiteDeviation    = 16 << 8 // of the noise of single pixels
)

// Synthetic returns a set of images that stands in for a real one: of the same form, with
// something to learn, but made up.
//
// Each class has a template, a smooth random field for each channel. The label of point i
// is i mod Classes; its image is the template of its class, plus a smooth random field of
// its own, plus white noise, rounded to a byte. About the middle, 128, their deviations
// are 36, 36 and 16 levels.
//
// The bytes depend on the shape, the classes and the seed alone, and are the same on every
// platform; point i does not depend on how many points there are. Random numbers are those
// of ChaCha8, keyed by the seed and the index of the class or the point.
//
// The error wraps ErrSet or ErrTooLarge.
func Synthetic(s Synthesis) (*Set, error) {
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("data: synthetic: %w", err)
	}
	m := newMaker(s)
	set := &Set{
		title:   fmt.Sprintf("synthetic, seed %d", s.Seed),
		check:   "made up, not real data",
		shape:   s.Shape,
		classes: s.Classes,
		images:  make([][]byte, s.Points),
		labels:  make([]uint8, s.Points),
	}
	t := newTally(s.Shape.Channels)
	for i := range set.images {
		set.labels[i] = uint8(i % s.Classes)
		set.images[i] = m.image(i)
		t.add(set.images[i])
	}
	return set.finish(t.standard()), nil
}

func (s Synthesis) check() error {
	if err := s.Shape.check(); err != nil {
		return err
	}
	if err := checkClasses(s.Classes); err != nil {
		return err
	}
	if s.Points < 1 {
		return fmt.Errorf("%w: %d points", ErrSet, s.Points)
	}
	if max(int64(s.Points), int64(s.Classes)) > maxBytes/int64(s.Shape.Size()) {
		return fmt.Errorf("%w: %d points of %v in %d classes", ErrTooLarge, s.Points, s.Shape, s.Classes)
	}
	return nil
}

// A role is what a stream of random numbers makes.
type role uint64

const (
	templateRole role = iota
	pointRole
)

// A maker makes synthetic images.
type maker struct {
	Synthesis
	source    *rand.ChaCha8
	field     *field
	templates [][]int16 // of each class, in units of 1/256 of a level, without the middle
	sum       []int64   // scratch, of an image
	noise     []int64   // scratch, of a channel
}

func newMaker(s Synthesis) *maker {
	m := &maker{
		Synthesis: s,
		source:    rand.NewChaCha8([32]byte{}),
		field:     newField(s.Shape.Height, s.Shape.Width),
		sum:       make([]int64, s.Shape.Size()),
		noise:     make([]int64, s.Shape.plane()),
	}
	for class := range s.Classes {
		m.templates = append(m.templates, m.template(class))
	}
	return m
}

// restart begins the stream of a template or a point.
func (m *maker) restart(r role, index int) {
	key := [32]byte{24: 'i', 'm', 'a', 'g', 'e', 's', ' ', '1'}
	binary.BigEndian.PutUint64(key[:], m.Seed)
	binary.BigEndian.PutUint64(key[8:], uint64(r))
	binary.BigEndian.PutUint64(key[16:], uint64(index))
	m.source.Seed(key)
}

// addFields adds a smooth random field to each channel of sum.
func (m *maker) addFields(deviation int64) {
	plane := m.Shape.plane()
	for c := range m.Shape.Channels {
		m.field.add(m.sum[c*plane:(c+1)*plane], m.source, deviation, m.noise)
	}
}

func (m *maker) template(class int) []int16 {
	m.restart(templateRole, class)
	clear(m.sum)
	m.addFields(templateDeviation)
	out := make([]int16, len(m.sum))
	for i, v := range m.sum {
		out[i] = int16(max(-1<<15, min(v, 1<<15-1))) // half the range of a pixel either way
	}
	return out
}

func (m *maker) image(i int) []byte {
	m.restart(pointRole, i)
	for j, v := range m.templates[i%m.Classes] {
		m.sum[j] = middle + int64(v)
	}
	m.addFields(variedDeviation)
	out := make([]byte, len(m.sum))
	for j, v := range m.sum {
		v += bell(m.source) * whiteDeviation / bellDeviation
		out[j] = byte(max(0, min((v+128)>>8, 255)))
	}
	return out
}
