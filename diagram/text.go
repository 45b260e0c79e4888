package diagram

import (
	"errors"
	"fmt"
	"strings"
)

// ErrSyntax reports text that does not follow the notation.
var ErrSyntax = errors.New("expected a diagram such as (01-2)(02-12)")

// A ParseError says where a diagram's text could not be read, and why.
type ParseError struct {
	Text   string
	Offset int   // byte offset in Text, from 0
	Err    error // wraps ErrSyntax, ErrNotTree, ErrNotPartition, ErrRoot or ErrTooLarge
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("diagram %.80q: offset %d: %v", e.Text, e.Offset, e.Err)
}

// Unwrap returns the cause.
func (e *ParseError) Unwrap() error { return e.Err }

// maxText bounds the length of a diagram's text: at most 36 labels and 35 separators in
// the parts, 35 edges of two labels with separators, and four parentheses.
const maxText = 2*MaxNodes - 1 + 3*MaxEdges - 1 + 4

const digits = "0123456789abcdefghijklmnopqrstuvwxyz"

// Parse reads a diagram in the notation (parts)(edges), such as (01-2-3)(02-12-23):
// parts {0,1}, {2} and {3}, edges from 0 and 1 to 2 and from 2 to 3. Nodes are named by
// the digits and then the letters a to z, each exactly once in the parts. Every edge
// goes from child to parent, a child's label is below its parent's, and the root has
// the highest label; two roots have the two highest, the first root's the lower. The
// bare root is (0)(). Any such labelling is accepted, and the result is canonical.
//
// The error is a *ParseError.
func Parse(text string) (Diagram, error) {
	r := reader{text: text}
	var parts, edges [][]int
	r.checkLength()
	r.group(&parts)
	r.group(&edges)
	r.end()
	part := r.partition(1, parts)
	parent := r.parents(edges, len(part))
	r.checkRoots(parent, part)
	if r.err != nil {
		return Diagram{}, r.err
	}
	return canonical(parent, part), nil
}

// MustParse is Parse for literals: it panics on an error.
func MustParse(text string) Diagram {
	d, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

// A reader reads groups of labels; the first error stays.
type reader struct {
	text   string
	offset int
	starts []int         // where each list of the last group began
	at     [MaxNodes]int // where each label stands in the parts
	err    error
}

func (r *reader) fail(offset int, cause error, format string, args ...any) {
	if r.err == nil {
		r.err = &ParseError{r.text, offset, fmt.Errorf("%w: %s", cause, fmt.Sprintf(format, args...))}
	}
}

func (r *reader) checkLength() {
	if len(r.text) > maxText {
		r.fail(maxText, ErrTooLarge, "this text has %d bytes", len(r.text))
	}
}

func (r *reader) expect(c byte) {
	if r.err != nil {
		return
	}
	if r.offset == len(r.text) {
		r.fail(r.offset, ErrSyntax, "the text ends where %q should stand", c)
		return
	}
	if r.text[r.offset] != c {
		r.fail(r.offset, ErrSyntax, "%q stands where %q should", r.text[r.offset], c)
		return
	}
	r.offset++
}

// group reads "(" lists of labels separated by "-" ")".
func (r *reader) group(lists *[][]int) {
	r.expect('(')
	r.starts = nil
	for r.err == nil {
		start := r.offset
		var list []int
		for r.offset < len(r.text) {
			label := strings.IndexByte(digits, r.text[r.offset])
			if label < 0 {
				break
			}
			list = append(list, label)
			r.offset++
		}
		more := r.offset < len(r.text) && r.text[r.offset] == '-'
		if len(list) == 0 && (more || len(*lists) > 0) {
			r.fail(r.offset, ErrSyntax, "a label from 0-9a-z should stand here")
			return
		}
		if len(list) > 0 {
			*lists = append(*lists, list)
			r.starts = append(r.starts, start)
		}
		if !more {
			break
		}
		r.offset++
	}
	r.expect(')')
}

func (r *reader) end() {
	if r.err == nil && r.offset < len(r.text) {
		r.fail(r.offset, ErrSyntax, "nothing should follow")
	}
}

// partition returns the part of each node; the first list begins at the given offset.
func (r *reader) partition(offset int, parts [][]int) []int {
	if r.err != nil {
		return nil
	}
	n := 0
	for _, labels := range parts {
		n += len(labels)
	}
	if n == 0 {
		r.fail(offset, ErrNotPartition, "there is no node")
		return nil
	}
	part := make([]int, n)
	for v := range part {
		part[v] = -1
	}
	for p, labels := range parts {
		for _, v := range labels {
			switch {
			case v >= n:
				r.fail(offset, ErrNotPartition, "label %c stands among %d labels, so a lower one is missing", digits[v], n)
				return nil
			case part[v] >= 0:
				r.fail(offset, ErrNotPartition, "label %c stands twice", digits[v])
				return nil
			}
			part[v] = p
			r.at[v] = offset
			offset++
		}
		offset++ // the separator
	}
	return part
}

// parents returns the parent of each node; starts are those of the edges.
func (r *reader) parents(edges [][]int, n int) []int {
	if r.err != nil {
		return nil
	}
	parent := make([]int, n)
	for v := range parent {
		parent[v] = -1
	}
	for i, edge := range edges {
		at := r.starts[i]
		if len(edge) != 2 {
			r.fail(at, ErrSyntax, "an edge has two labels, child and parent, not %d", len(edge))
			return nil
		}
		child, up := edge[0], edge[1]
		switch {
		case child >= n || up >= n:
			r.fail(at, ErrNotPartition, "edge %c%c leaves the %d nodes of the parts", digits[child], digits[up], n)
			return nil
		case child >= up:
			r.fail(at, ErrNotTree, "edge %c%c does not go from a lower label to a higher one", digits[child], digits[up])
			return nil
		case parent[child] >= 0:
			r.fail(at, ErrNotTree, "node %c has two parents", digits[child])
			return nil
		}
		parent[child] = up
	}
	return parent
}

// checkRoots reports roots that are too many, too low or tied though they are two.
func (r *reader) checkRoots(parent, part []int) {
	if r.err != nil {
		return
	}
	var roots []int
	for v, up := range parent {
		if up < 0 {
			roots = append(roots, v)
		}
	}
	first, n := roots[0], len(parent)
	if len(roots) > 2 {
		r.fail(r.at[first], ErrNotTree, "node %c is one of %d without a parent", digits[first], len(roots))
		return
	}
	if first != n-len(roots) {
		r.fail(r.at[first], ErrNotTree, "node %c has no parent, but roots have the highest labels", digits[first])
		return
	}
	if root, mate, tied := tiedRoot(roots, part); tied {
		r.fail(r.at[root], ErrRoot, "of two roots, %c shares its part with %c", digits[root], digits[mate])
	}
}

// String returns the diagram in the notation of Parse. Equal diagrams print equally.
func (d Diagram) String() string {
	var b strings.Builder
	b.WriteByte('(')
	for p, nodes := range d.Parts() {
		if p > 0 {
			b.WriteByte('-')
		}
		for _, v := range nodes {
			b.WriteByte(digits[v])
		}
	}
	b.WriteString(")(")
	for v, up := range d.Parents() {
		if up < 0 {
			break
		}
		if v > 0 {
			b.WriteByte('-')
		}
		b.WriteByte(digits[v])
		b.WriteByte(digits[up])
	}
	b.WriteByte(')')
	return b.String()
}

// MarshalText returns the diagram in the notation of Parse. So encoding/json writes a
// Diagram as a string, and as a key of an object.
func (d Diagram) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the notation of Parse.
func (d *Diagram) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
