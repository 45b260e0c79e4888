package data

import (
	"errors"
	"fmt"
)

var (
	// ErrNotFound reports a folder that lacks the files asked for.
	ErrNotFound = errors.New("no such data file")
	// ErrRead reports a file that cannot be read.
	ErrRead = errors.New("cannot be read")
	// ErrTruncated reports a file that ends too early.
	ErrTruncated = errors.New("the file ends too early")
	// ErrFormat reports a file that is not in the format that its name promises.
	ErrFormat = errors.New("not in this format")
	// ErrLabel reports a label that is none of the classes.
	ErrLabel = errors.New("no such class")
	// ErrSize reports a file of another size than the published one.
	ErrSize = errors.New("not of the published size")
	// ErrChecksum reports contents that are not those published, or not those packed.
	ErrChecksum = errors.New("contents do not check")
	// ErrTooLarge reports more data than this package will hold.
	ErrTooLarge = errors.New("too large")
	// ErrSet reports images, labels or a choice of them that make no set.
	ErrSet = errors.New("no such set of images")
	// ErrOptions reports options, or text, that name nothing this package has.
	ErrOptions = errors.New("no such choice of data")
)

// A FileError says where a file was found wanting, and why.
type FileError struct {
	File string // the path; for a member of an archive, that of the archive and its own
	// Offset counts bytes of the contents from 0: of what a .gz file unpacks to, and of
	// the member of an archive.
	Offset int64
	Detail string // what was met, or ""
	Err    error  // the cause: one of the sentinels of this package
	From   error  // the error of the file system or the unpacker behind it, or nil
}

// Error returns the file, the offset, the cause and the details.
func (e *FileError) Error() string {
	text := fmt.Sprintf("data: %s: byte %d: %v", e.File, e.Offset, e.Err)
	missing := e.Err == ErrNotFound
	if missing {
		text = fmt.Sprintf("data: %s: %v", e.File, e.Err)
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.From != nil && !missing {
		text += fmt.Sprintf(" (%v)", e.From)
	}
	return text
}

// Unwrap returns the causes.
func (e *FileError) Unwrap() []error {
	if e.From == nil {
		return []error{e.Err}
	}
	return []error{e.Err, e.From}
}
