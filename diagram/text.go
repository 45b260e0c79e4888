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
	var (
		r            reader
		parts, edges lists
		part, parent [MaxNodes]int
	)
	r.read(text)
	r.group(&parts)
	r.group(&edges)
	r.end()
	n := r.partition(1, &parts, &part)
	r.parents(&edges, parent[:n])
	r.checkRoots(parent[:n], part[:n])
	if r.err != nil {
		return Diagram{}, r.err
	}
	return canonical(parent[:n], part[:n]), nil
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
	at     [MaxNodes]int // where each label stands in the parts
	err    error
}

// Lists are the lists of labels in a group.
type lists struct {
	labels [maxText]byte // one list after another
	ends   [maxText]byte // of each list, in labels
	starts [maxText]byte // of each list, in the text
	count  int
}

// list returns the labels of a list.
func (l *lists) list(i int) []byte {
	start := byte(0)
	if i > 0 {
		start = l.ends[i-1]
	}
	return l.labels[start:l.ends[i]]
}

func (r *reader) fail(offset int, cause error, format string, args ...any) {
	if r.err == nil {
		r.err = &ParseError{r.text, offset, fmt.Errorf("%w: %s", cause, fmt.Sprintf(format, args...))}
	}
}

func (r *reader) read(text string) {
	r.text = text
	if len(text) > maxText {
		r.fail(maxText, ErrTooLarge, "this text has %d bytes", len(text))
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
func (r *reader) group(l *lists) {
	r.expect('(')
	total := byte(0)
	for r.err == nil {
		start := r.offset
		for ; r.offset < len(r.text); r.offset++ {
			label := labelOf(r.text[r.offset])
			if label < 0 {
				break
			}
			l.labels[total] = byte(label)
			total++
		}
		more := r.offset < len(r.text) && r.text[r.offset] == '-'
		if r.offset > start {
			l.ends[l.count], l.starts[l.count] = total, byte(start)
			l.count++
		} else if more || l.count > 0 {
			r.fail(r.offset, ErrSyntax, "a label from 0-9a-z should stand here")
			return
		}
		if !more {
			break
		}
		r.offset++
	}
	r.expect(')')
}

// labelOf returns the label that a digit or letter names, or −1.
func labelOf(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'z':
		return int(c-'a') + 10
	}
	return -1
}

func (r *reader) end() {
	if r.err == nil && r.offset < len(r.text) {
		r.fail(r.offset, ErrSyntax, "nothing should follow")
	}
}

// partition sets the part of each node, and returns their number; the first list begins
// at the given offset.
func (r *reader) partition(offset int, parts *lists, part *[MaxNodes]int) (n int) {
	if r.err != nil {
		return 0
	}
	if parts.count == 0 {
		r.fail(offset, ErrNotPartition, "there is no node")
		return 0
	}
	n = int(parts.ends[parts.count-1])
	var seen uint64
	for p := range parts.count {
		for _, v := range parts.list(p) {
			switch {
			case int(v) >= n:
				r.fail(offset, ErrNotPartition, "label %c stands among %d labels, so a lower one is missing", digits[v], n)
				return 0
			case seen>>v&1 == 1:
				r.fail(offset, ErrNotPartition, "label %c stands twice", digits[v])
				return 0
			}
			seen |= 1 << v
			part[v] = p
			r.at[v] = offset
			offset++
		}
		offset++ // the separator
	}
	return n
}

// parents sets the parent of each node.
func (r *reader) parents(edges *lists, parent []int) {
	if r.err != nil {
		return
	}
	for v := range parent {
		parent[v] = -1
	}
	n := len(parent)
	for i := range edges.count {
		at, edge := int(edges.starts[i]), edges.list(i)
		if len(edge) != 2 {
			r.fail(at, ErrSyntax, "an edge has two labels, child and parent, not %d", len(edge))
			return
		}
		child, up := int(edge[0]), int(edge[1])
		switch {
		case child >= n || up >= n:
			r.fail(at, ErrNotPartition, "edge %c%c leaves the %d nodes of the parts", digits[child], digits[up], n)
			return
		case child >= up:
			r.fail(at, ErrNotTree, "edge %c%c does not go from a lower label to a higher one", digits[child], digits[up])
			return
		case parent[child] >= 0:
			r.fail(at, ErrNotTree, "node %c has two parents", digits[child])
			return
		}
		parent[child] = up
	}
}

// checkRoots reports roots that are too many, too low or tied though they are two.
func (r *reader) checkRoots(parent, part []int) {
	if r.err != nil {
		return
	}
	var list [MaxNodes]int
	roots := list[:0]
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
