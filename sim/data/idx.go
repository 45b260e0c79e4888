package data

import (
	"encoding/binary"
	"strings"
)

// readIDX reads pairs of files.
func (l *loader) readIDX(batches []batch) ([]*haul, error) {
	var out []*haul
	for _, b := range batches {
		images, err := l.openEither(b.images)
		if err != nil {
			return nil, err
		}
		labels, err := l.openEither(b.labels)
		if err != nil {
			images.close()
			return nil, err
		}
		h, err := l.readPair(images, labels, b)
		images.close()
		labels.close()
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

// openEither opens a file as it is or, if there is none, packed.
func (l *loader) openEither(file string) (*input, error) {
	if packed := file + ".gz"; !l.has(file) && l.has(packed) {
		return l.open(packed)
	}
	return l.open(file)
}

// readPair reads a file of images and one of labels side by side.
func (l *loader) readPair(images, labels *input, b batch) (*haul, error) {
	n, err := l.readCount(images, b, l.shape.Height, l.shape.Width)
	if err != nil {
		return nil, err
	}
	m, err := l.readCount(labels, b)
	if err != nil {
		return nil, err
	}
	if m != n {
		return nil, labels.wrongAt(4, ErrFormat, "%d labels of %d images", m, n)
	}
	h := l.newHaul()
	image, label := make([]byte, l.shape.Size()), make([]byte, 1)
	for range n {
		if err := images.full(image); err != nil {
			return nil, err
		}
		if err := labels.full(label); err != nil {
			return nil, err
		}
		if int(label[0]) >= l.classes {
			return nil, labels.wrongAt(labels.offset-1, ErrLabel, "label %d of image %d", label[0], h.points)
		}
		h.add(label[0], image)
	}
	h.file, h.size = labels.file, labels.offset
	if err := images.end(); err != nil {
		return nil, err
	}
	return h, labels.end()
}

// readCount reads the head of an IDX file of unsigned bytes: two zeros, the type 8, the
// number of dimensions, and each dimension in 4 bytes, the highest first. It returns the
// first dimension, the number of records; the others must be as given.
func (l *loader) readCount(in *input, b batch, dims ...int) (uint32, error) {
	head := make([]byte, 8+4*len(dims))
	if err := in.full(head[:4]); err != nil {
		return 0, err
	}
	if magic := binary.BigEndian.Uint32(head); magic != 0x800+uint32(1+len(dims)) {
		return 0, in.wrongAt(0, ErrFormat, "IDX of unsigned bytes in %d dimensions begins with %08x, not %08x%s",
			1+len(dims), 0x801+len(dims), magic, packedWords(head))
	}
	if err := in.full(head[4:]); err != nil {
		return 0, err
	}
	for i, want := range dims {
		at := 8 + 4*i
		if got := binary.BigEndian.Uint32(head[at:]); got != uint32(want) {
			return 0, in.wrongAt(int64(at), ErrFormat, "dimension %d is %d, not %d", i+1, got, want)
		}
	}
	n := binary.BigEndian.Uint32(head[4:])
	switch {
	case n == 0:
		return 0, in.wrongAt(4, ErrFormat, "no records")
	case !l.Custom && int64(n) != int64(b.records):
		return 0, in.wrongAt(4, ErrSize, "%d records, %d are published", n, b.records)
	}
	return n, nil
}

// packedWords says what a file is that was packed and then named as if it were not.
func packedWords(head []byte) string {
	if strings.HasPrefix(string(head), "\x1f\x8b") {
		return ": it is packed, and its name should end in .gz"
	}
	return ""
}
