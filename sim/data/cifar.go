package data

import (
	"archive/tar"
	"io"
	"io/fs"
	"path"
)

// folders are where the unpacked batches may be, the second as the archive has them.
var folders = []string{".", "cifar-10-batches-bin"}

// readCIFAR reads batches, from the first folder that has the first of them or from the
// archive.
func (l *loader) readCIFAR(batches []batch) ([]*haul, error) {
	for _, folder := range folders {
		if l.has(path.Join(folder, batches[0].images)) {
			return l.readBatches(folder, batches)
		}
	}
	if l.has(l.archive) {
		return l.readArchive(batches)
	}
	return nil, &FileError{File: l.path(batches[0].images), Err: ErrNotFound, Detail: "nor is there " + l.archive, From: fs.ErrNotExist}
}

func (l *loader) readBatches(folder string, batches []batch) ([]*haul, error) {
	var out []*haul
	for _, b := range batches {
		in, err := l.open(path.Join(folder, b.images))
		if err != nil {
			return nil, err
		}
		h, err := l.readBatch(in, b)
		in.close()
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

// readArchive reads batches in the order in which the archive has them.
func (l *loader) readArchive(batches []batch) ([]*haul, error) {
	in, err := l.open(l.archive)
	if err != nil {
		return nil, err
	}
	defer in.close()
	out := make([]*haul, len(batches))
	for t := tar.NewReader(in); ; {
		header, err := t.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, in.fail(err)
		}
		for i, b := range batches {
			if header.Typeflag != tar.TypeReg || path.Base(header.Name) != b.images {
				continue
			}
			if out[i] != nil {
				return nil, in.wrong(ErrFormat, "there are two of %s", b.images)
			}
			if out[i], err = l.readBatch(in.member(t, header.Name), b); err != nil {
				return nil, err
			}
		}
	}
	for i, b := range batches {
		if out[i] == nil {
			return nil, in.wrong(ErrNotFound, "it has no %s", b.images)
		}
	}
	// The sum covers what follows the last member.
	if _, err := io.Copy(io.Discard, in); err != nil {
		return nil, in.fail(err)
	}
	return out, in.end()
}

// readBatch reads records of a label and an image. They are as many as the batch should
// have or, of a custom one, as there are.
func (l *loader) readBatch(in *input, b batch) (*haul, error) {
	h := l.newHaul()
	record := make([]byte, 1+l.shape.Size())
	for {
		if l.Custom {
			more, err := in.more()
			if err != nil {
				return nil, err
			}
			if !more && h.points > 0 {
				break
			}
		} else if h.points == b.records {
			break
		}
		if err := in.full(record); err != nil {
			return nil, err
		}
		if int(record[0]) >= l.classes {
			return nil, in.wrongAt(in.offset-int64(len(record)), ErrLabel, "label %d of record %d", record[0], h.points)
		}
		h.add(record[0], record[1:])
	}
	h.file, h.size = in.file, in.offset
	return h, in.end()
}
