package data

import (
	"archive/tar"
	"bufio"
	"compress/flate"
	"compress/gzip"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

// maxBytes bounds the contents of a file, and the pixels of a set that is made here.
const maxBytes = 1 << 30

// A directory is where files are looked for.
type directory struct {
	files fs.FS
	name  string
}

// path returns the path of a file as errors give it.
func (d directory) path(file string) string { return filepath.Join(d.name, filepath.FromSlash(file)) }

// has reports whether there is anything by that name.
func (d directory) has(file string) bool {
	_, err := fs.Stat(d.files, file)
	return !errors.Is(err, fs.ErrNotExist)
}

// An input is a stream of a file's contents, unpacked.
type input struct {
	file   string
	r      *bufio.Reader
	offset int64 // bytes read of the contents

	raw  fs.File
	tee  io.Reader // the file as it is, feeding sum; nil if there is no seal
	seal seal
	sum  hash.Hash
}

// open opens a file; what ends in .gz is unpacked. Unless any file will do, one with a seal
// must be of its size, and end will compare its sum.
func (l *loader) open(file string) (*input, error) {
	in := &input{file: l.path(file)}
	info, err := fs.Stat(l.files, file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &FileError{File: in.file, Err: ErrNotFound, From: err}
	case err != nil:
		return nil, in.fail(err)
	case !info.Mode().IsRegular():
		return nil, &FileError{File: in.file, Err: ErrRead, Detail: "it is no regular file"}
	}
	var sealed bool
	if !l.Custom {
		if in.seal, sealed = l.seals[path.Base(file)]; !sealed {
			l.unsealed = true
		} else if info.Size() != in.seal.size {
			return nil, &FileError{
				File: in.file, Offset: info.Size(), Err: ErrSize,
				Detail: fmt.Sprintf("%d bytes, %d are published", info.Size(), in.seal.size),
			}
		}
	}
	if in.raw, err = l.files.Open(file); err != nil {
		return nil, in.fail(err)
	}
	var contents io.Reader = in.raw
	if sealed {
		in.sum = md5.New()
		in.tee = io.TeeReader(in.raw, in.sum)
		contents = in.tee
	}
	if strings.HasSuffix(file, ".gz") {
		if contents, err = gzip.NewReader(contents); err != nil {
			in.close()
			return nil, in.fail(err)
		}
	}
	in.r = bufio.NewReaderSize(contents, 1<<16)
	return in, nil
}

// member returns the input of a member of an archive.
func (in *input) member(t *tar.Reader, name string) *input {
	return &input{file: filepath.Join(in.file, filepath.FromSlash(name)), r: bufio.NewReaderSize(t, 1<<16)}
}

func (in *input) close() {
	if in.raw != nil {
		in.raw.Close() // it was only read
	}
}

// Read reads some of the contents; none of those that are too far.
func (in *input) Read(b []byte) (int, error) {
	n, err := in.r.Read(b)
	in.offset += int64(n)
	if in.offset > maxBytes {
		return 0, ErrTooLarge
	}
	return n, err
}

// full fills b, or says where the contents end.
func (in *input) full(b []byte) error {
	if _, err := io.ReadFull(in, b); err != nil {
		return in.fail(err)
	}
	return nil
}

// more reports whether there are more contents.
func (in *input) more() (bool, error) {
	_, err := in.r.Peek(1)
	if err == io.EOF {
		return false, nil
	}
	if err != nil {
		return false, in.fail(err)
	}
	return true, nil
}

// end checks that the contents are over, and the file's sum.
func (in *input) end() error {
	more, err := in.more()
	if err != nil {
		return err
	}
	if more {
		return in.wrong(ErrSize, "more bytes follow")
	}
	if in.tee == nil {
		return nil
	}
	if _, err := io.Copy(io.Discard, in.tee); err != nil {
		return in.fail(err)
	}
	if sum := hex.EncodeToString(in.sum.Sum(nil)); sum != in.seal.md5 {
		return in.wrong(ErrChecksum, "MD5 %s, %s is published", sum, in.seal.md5)
	}
	return nil
}

// wrong returns the error for contents that are wrong at this place.
func (in *input) wrong(cause error, format string, args ...any) error {
	return in.wrongAt(in.offset, cause, format, args...)
}

func (in *input) wrongAt(offset int64, cause error, format string, args ...any) error {
	return &FileError{File: in.file, Offset: offset, Err: cause, Detail: fmt.Sprintf(format, args...)}
}

// fail returns the error for contents that cannot be read, or unpacked, at this place.
func (in *input) fail(err error) error {
	e := &FileError{File: in.file, Offset: in.offset, From: err}
	var path *fs.PathError
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, ErrTooLarge):
		e.Err, e.From = ErrTooLarge, nil
		e.Detail = fmt.Sprintf("more than %d bytes", maxBytes)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Err, e.From = ErrTruncated, nil
	case errors.Is(err, gzip.ErrChecksum):
		e.Err = ErrChecksum
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, tar.ErrHeader), errors.As(err, &corrupt):
		e.Err = ErrFormat
	case errors.As(err, &path):
		e.Err = ErrRead
	default: // what else the unpackers object to
		e.Err = ErrFormat
	}
	return e
}
