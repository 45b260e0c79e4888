package draw

import (
	"strings"
	"unicode"

	"github.com/perturb-go/perturb/diagram"
)

// Text returns a drawing of d in Unicode box characters, one line per leaf, without a
// final newline. Nodes that share a part show the same letter, and other nodes a dot;
// the root is the letter o, or the capital of its part's letter.
//
//	a─┐
//	a─┴─o
func Text(d diagram.Diagram) string {
	t := newText(d)
	for root := d.Edges(); root < d.Nodes(); root++ {
		t.place(root, 0)
	}
	lines := make([]string, len(t.rows))
	for i, row := range t.rows {
		lines[i] = strings.TrimRight(string(row), " ")
	}
	return strings.Join(lines, "\n")
}

// text is a drawing under way.
type text struct {
	kids [][]int
	mark []rune   // of each node
	left []int    // the column of the nodes of each depth
	rows [][]rune // all of one width
}

func newText(d diagram.Diagram) *text {
	depth := depths(d)
	t := &text{kids: d.Children(), mark: marks(d), left: make([]int, deepest(depth)+1)}
	forks := make([]bool, len(t.left))
	for v, kids := range t.kids {
		forks[depth[v]] = forks[depth[v]] || len(kids) > 1
	}
	// A node and a line lead to the parent; a fork takes two more places.
	for level := len(t.left) - 2; level >= 0; level-- {
		t.left[level] = t.left[level+1] + 2
		if forks[level] {
			t.left[level] += 2
		}
	}
	return t
}

// place draws the subtree of v, the last row of which is v's.
func (t *text) place(v, depth int) {
	if len(t.kids[v]) == 0 {
		t.rows = append(t.rows, []rune(strings.Repeat(" ", t.left[0]+1)))
	}
	var turns []int // the rows of the children
	for _, kid := range t.kids[v] {
		t.place(kid, depth+1)
		turns = append(turns, len(t.rows)-1)
	}
	at := t.left[depth]
	t.rows[len(t.rows)-1][at] = t.mark[v]
	for i, row := range turns {
		for x := t.left[depth+1] + 1; x < at; x++ {
			t.rows[row][x] = '─'
		}
		if len(turns) == 1 {
			break
		}
		fork := at - 2
		switch i {
		case 0:
			t.rows[row][fork] = '┐'
			t.rows[row][fork+1] = ' '
		case len(turns) - 1:
			t.rows[row][fork] = '┴'
			continue
		default:
			t.rows[row][fork] = '┤'
			t.rows[row][fork+1] = ' '
		}
		for between := row + 1; between < turns[i+1]; between++ {
			t.rows[between][fork] = '│'
		}
	}
}

// marks returns the letter of each node that shares its part, in the order of the parts.
func marks(d diagram.Diagram) []rune {
	mark := make([]rune, d.Nodes())
	letter := 'a'
	for _, part := range d.Parts() {
		for _, v := range part {
			root := v >= d.Edges()
			switch {
			case len(part) > 1 && root:
				mark[v] = unicode.ToUpper(letter)
			case len(part) > 1:
				mark[v] = letter
			case root:
				mark[v] = 'o'
			default:
				mark[v] = '•'
			}
		}
		if len(part) > 1 {
			letter++
		}
	}
	return mark
}
