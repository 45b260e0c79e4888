package data

import (
	"fmt"
	"os"
)

// Options says what to read of a data set. The zero Options are all training points, of
// the published files.
type Options struct {
	Part Part
	// Limit is the number of points to keep, the first of them; 0 is all. The files are
	// read and checked whole all the same, and pixels are standardized over all that was
	// read: the set is that which First returns of the whole.
	Limit int
	// Custom accepts files that have the format and the names but are not the published
	// ones: any number of records, in any distribution over the classes, and no
	// checksum but those of .gz files themselves.
	Custom bool
}

// Load reads a data set from a folder, and checks it; see Format for the files and the
// package comment for the checks. Files as they are go before packed ones.
//
// The error wraps ErrOptions, or is a *FileError, which wraps ErrNotFound, ErrRead,
// ErrTruncated, ErrFormat, ErrLabel, ErrSize, ErrChecksum, or ErrTooLarge if a file, unpacked,
// has more than 2³⁰ bytes.
func Load(f Format, folder string, o Options) (*Set, error) {
	l := f.layout()
	if l.name == "" {
		return nil, fmt.Errorf("data: %w: %v", ErrOptions, f)
	}
	return load(l, directory{os.DirFS(folder), folder}, o)
}

// A loader reads the files of a layout.
type loader struct {
	layout
	directory
	Options
	unsealed bool // whether a file was read that has no published checksum
}

func load(l layout, d directory, o Options) (*Set, error) {
	if o.Part < Train || o.Part > All {
		return nil, fmt.Errorf("data: %w: %v", ErrOptions, o.Part)
	}
	if o.Limit < 0 {
		return nil, fmt.Errorf("data: %w: limit %d", ErrOptions, o.Limit)
	}
	in := &loader{layout: l, directory: d, Options: o}
	all, err := in.readParts(o.Part.portions(l))
	if err != nil {
		return nil, err
	}
	s := &Set{title: in.words(), check: in.checked(), shape: l.shape, classes: l.classes, images: all.images, labels: all.labels}
	if len(all.images) < all.points {
		s.title = firstTitle(len(all.images), s.title)
	}
	return s.finish(all.tally.standard()), nil
}

// readParts returns all that the portions have, in order.
func (l *loader) readParts(portions []portion) (*haul, error) {
	var batches []batch
	for _, p := range portions {
		batches = append(batches, p.batches...)
	}
	hauls, err := l.read(l, batches)
	if err != nil {
		return nil, err
	}
	all := l.newHaul()
	for _, p := range portions {
		part := l.newHaul()
		for _, h := range hauls[:len(p.batches)] {
			part.merge(h)
		}
		hauls = hauls[len(p.batches):]
		if err := l.checkClasses(p, part); err != nil {
			return nil, err
		}
		all.merge(part)
	}
	return all, nil
}

// checkClasses checks that a portion has each class as often as published.
func (l *loader) checkClasses(p portion, h *haul) error {
	if l.Custom {
		return nil
	}
	for class, n := range h.perClass {
		if n != p.perClass {
			return &FileError{
				File: h.file, Offset: h.size, Err: ErrChecksum,
				Detail: fmt.Sprintf("%d points of class %d up to here, %d are published", n, class, p.perClass),
			}
		}
	}
	return nil
}

// words returns what the points are.
func (l *loader) words() string {
	part := l.Part.String()
	if l.Part == All {
		part = "train and test"
	}
	if l.Custom {
		return fmt.Sprintf("%s in the format of %s", part, l.title)
	}
	return l.title + " " + part
}

// checked returns what is known of the files.
func (l *loader) checked() string {
	switch {
	case l.Custom:
		return "not compared with the published files"
	case l.unsealed:
		return "sizes, labels and classes as published; no checksum was compared for files unpacked"
	}
	return "checksums as published"
}

// A haul is what was read of some files.
type haul struct {
	limit    int // the most images to keep
	images   [][]byte
	labels   []uint8
	points   int
	perClass []int
	file     string // the last file with labels
	size     int64  // of its contents
	tally    *tally
}

func (l *loader) newHaul() *haul {
	limit := l.Limit
	if limit == 0 {
		limit = maxBytes
	}
	return &haul{limit: limit, perClass: make([]int, l.classes), tally: newTally(l.shape.Channels)}
}

// add adds an image, of which it keeps a copy if it is to keep it.
func (h *haul) add(label uint8, image []byte) {
	h.points++
	h.perClass[label]++
	h.tally.add(image)
	if len(h.images) < h.limit {
		h.images = append(h.images, append([]byte(nil), image...))
		h.labels = append(h.labels, label)
	}
}

// merge adds what another haul has.
func (h *haul) merge(next *haul) {
	n := min(len(next.images), h.limit-len(h.images))
	h.images = append(h.images, next.images[:n]...)
	h.labels = append(h.labels, next.labels[:n]...)
	h.points += next.points
	for class, n := range next.perClass {
		h.perClass[class] += n
	}
	h.file, h.size = next.file, next.size
	h.tally.merge(next.tally)
}
