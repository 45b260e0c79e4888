package data

import (
	"fmt"
	"slices"
	"strings"
)

// First returns the set of the first n points. They share memory with s, and its Standard.
//
// The error wraps ErrSet if n is not between 1 and Len.
func (s *Set) First(n int) (*Set, error) {
	if n < 1 || n > s.Len() {
		return nil, fmt.Errorf("data: %w: the first %d of %d points", ErrSet, n, s.Len())
	}
	if n == s.Len() {
		return s, nil
	}
	out := s.withTitle(firstTitle(n, s.title))
	out.images, out.labels = s.images[:n:n], s.labels[:n:n]
	return out.finish(s.standard), nil
}

func firstTitle(n int, title string) string { return fmt.Sprintf("first %d of %s", n, title) }

// OfClasses returns the set of the points whose labels are among the given ones, in their
// order in s; the label classes[k] becomes k. They share memory with s, and its Standard.
//
// The error wraps ErrSet if a class is given twice or is none of s, or if there are no
// such points.
func (s *Set) OfClasses(classes ...int) (*Set, error) {
	renamed := make(map[uint8]uint8, len(classes))
	for k, class := range classes {
		if class < 0 || class >= s.classes {
			return nil, fmt.Errorf("data: %w: class %d of %d", ErrSet, class, s.classes)
		}
		if _, ok := renamed[uint8(class)]; ok {
			return nil, fmt.Errorf("data: %w: class %d is given twice", ErrSet, class)
		}
		renamed[uint8(class)] = uint8(k)
	}
	words := strings.Trim(fmt.Sprint(classes), "[]")
	out := s.withTitle(fmt.Sprintf("classes %s of %s", words, s.title))
	out.classes, out.images, out.labels = len(classes), nil, nil
	for i, label := range s.labels {
		if k, ok := renamed[label]; ok {
			out.images = append(out.images, s.images[i])
			out.labels = append(out.labels, k)
		}
	}
	if len(out.images) == 0 {
		return nil, fmt.Errorf("data: %w: no points of classes [%s]", ErrSet, words)
	}
	return out.finish(s.standard), nil
}

// Standardize returns the same points with another Standard: constants of the caller's, or
// those of another set.
//
// The error wraps ErrSet if it has not a mean and a positive deviation for each channel,
// such that pixels become finite numbers.
func (s *Set) Standardize(standard Standard) (*Set, error) {
	if err := standard.check(s.shape.Channels); err != nil {
		return nil, fmt.Errorf("data: standardize: %w", err)
	}
	standard = standard.clone()
	if slices.Equal(standard.Mean, s.standard.Mean) && slices.Equal(standard.Deviation, s.standard.Deviation) {
		return s, nil
	}
	return s.withTitle(s.title).finish(standard), nil
}

// withTitle returns a copy of the set with a title; the caller finishes it.
func (s *Set) withTitle(title string) *Set {
	out := *s
	out.title = title
	return &out
}
