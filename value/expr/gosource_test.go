package expr_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/value/expr"
	"github.com/perturb-go/perturb/value/expr/internal/exprtest"
)

func TestGoFile(t *testing.T) {
	source, err := expr.GoFile("formula", expr.GoFunc{Name: "Corollary2", Expr: expr.MustParse("Σ_μ (1 − (1 − η·h_μ)^T)²·C_μμ/(2·N·h_μ)")})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"package formula\n\nimport \"math\"\n",
		"type Statistics interface {\n\tDim() int",
		"//	Σ_μ (1 − (1 − η·h_μ)^T)²·C_μμ/(2·N·h_μ)\n",
		"func Corollary2(s Statistics, N, T, eta float64) float64 {\n",
	} {
		if !strings.Contains(string(source), want) {
			t.Errorf("no %q in\n%s", want, source)
		}
	}
	for _, f := range [][]expr.GoFunc{{{Name: "not a name"}}, {{Name: "dd"}}, {{Name: "func"}}, {{Name: "F"}, {Name: "F"}}, {{}}} {
		if _, err := expr.GoFile("formula", f...); !errors.Is(err, expr.ErrName) {
			t.Errorf("%v: %v; want error %v", f, err, expr.ErrName)
		}
	}
	if _, err := expr.GoFile("go to"); !errors.Is(err, expr.ErrName) {
		t.Errorf("package: %v; want error %v", err, expr.ErrName)
	}
}

// A thousand expressions in one program, against Eval.
func TestGoFileAgrees(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("compiles a program")
	}
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip(err)
	}
	const number = 1000
	var funcs []expr.GoFunc
	var want, sizes []float64
	var calls strings.Builder
	// One world for all; the program computes the same numbers in the same way.
	world := &exprtest.World{}
	texts := map[string]bool{}
	var list []expr.Expr
	var trees []*exprtest.Tree
	for len(list) < number {
		check(t, 1, func(t *rapid.T) {
			tree, e := build(t, exprtest.Options{Depth: 4, Free: free, Exp: true})
			if !texts[e.String()] {
				texts[e.String()] = true
				list, trees = append(list, e), append(trees, tree)
			}
			if world.Scalars == nil {
				world = exprtest.DrawWorld(t, free)
			}
		})
	}
	env := world.Float()
	for i, e := range list[:number] {
		value, err := e.Eval(env)
		if err != nil {
			value = math.NaN()
		}
		name := fmt.Sprintf("F%d", i)
		funcs = append(funcs, expr.GoFunc{Name: name, Expr: e})
		_, size := world.Approximate(trees[i])
		want, sizes = append(want, value), append(sizes, size)
		args := []string{"world{}"}
		for _, index := range e.Free() {
			args = append(args, fmt.Sprint(env.Indices[index]))
		}
		for _, s := range e.Scalars() {
			if s != "P" {
				args = append(args, fmt.Sprintf("%g", env.Scalars[s]))
			}
		}
		fmt.Fprintf(&calls, "\tshow(%s(%s))\n", name, strings.Join(args, ", "))
	}
	source, err := expr.GoFile("main", funcs...)
	if err != nil {
		t.Fatal(err)
	}
	main := strings.NewReplacer("DIM", fmt.Sprint(world.Dim), "SPECTRUM", fmt.Sprintf("%#v", env.Spectrum),
		"SEED", fmt.Sprint(world.Seed), "CALLS", calls.String()).Replace(goMain)
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module formula\n\ngo 1.24\n", "formula.go": string(source), "main.go": main} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(goTool, "run", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GO111MODULE=on")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %.4000s", err, out)
	}
	lines := strings.Fields(string(out))
	if len(lines) != number {
		t.Fatalf("%d values, want %d", len(lines), number)
	}
	compared := 0
	for i, line := range lines {
		var got float64
		if _, err := fmt.Sscan(line, &got); err != nil {
			t.Fatal(err)
		}
		if math.IsNaN(want[i]) || math.IsInf(want[i], 0) || !(sizes[i] < 1e12) {
			continue
		}
		compared++
		// Both add up the same numbers, in other orders.
		if !(math.Abs(got-want[i]) <= 1e-11*(1+sizes[i])) {
			t.Errorf("%v: %v, want %v ± %v", list[i], got, want[i], sizes[i])
		}
	}
	if compared < number/2 {
		t.Errorf("only %d values compared", compared)
	}
}

// goMain computes the components of exprtest.World.
const goMain = `package main

import (
	"fmt"
	"hash/fnv"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

type world struct{}

var spectrum = SPECTRUM

func (world) Dim() int                 { return DIM }
func (world) Eigenvalue(i int) float64 { return spectrum[i] }
func (world) Loss() float64            { return hash("l") }
func (world) G(i int) float64          { return hash(letter("G", i)) }
func (world) H(i, j int) float64       { return hash(letter("H", i, j)) }
func (world) J(i, j, k int) float64    { return hash(letter("J", i, j, k)) }
func (world) C(i, j int) float64       { return hash(letter("C", i, j)) }
func (world) S(i, j, k int) float64    { return hash(letter("S", i, j, k)) }

func (world) Derivative(function string, indices ...int) float64 {
	return hash(nabla(indices) + function)
}

func (world) Cumulant(orders []int, indices ...int) float64 {
	return hash("κ(" + strings.Join(nodes(orders, indices), ", ") + ")")
}

func (world) Moment(orders []int, indices ...int) float64 {
	return hash("E[" + strings.Join(nodes(orders, indices), " ") + "]")
}

func nodes(orders, indices []int) []string {
	var lists [][]int
	for _, k := range orders {
		list := slices.Clone(indices[:k])
		slices.Sort(list)
		lists = append(lists, list)
		indices = indices[k:]
	}
	slices.SortFunc(lists, func(a, b []int) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return slices.Compare(a, b)
	})
	var texts []string
	for _, list := range lists {
		texts = append(texts, nabla(list)+"l")
	}
	return texts
}

func nabla(list []int) string {
	if len(list) == 0 {
		return ""
	}
	return letter("∇", list...) + " "
}

func letter(name string, list ...int) string {
	list = slices.Clone(list)
	slices.Sort(list)
	return name + strings.ReplaceAll(fmt.Sprint(list), " ", ",")
}

func hash(key string) float64 {
	h := fnv.New64a()
	fmt.Fprint(h, uint64(SEED), key)
	n := h.Sum64() >> 16
	num := int64(n%14) - 7
	if num >= 0 {
		num++
	}
	x, _ := big.NewRat(num, 4+int64(n>>20%5)).Float64()
	return x
}

func show(x float64) { fmt.Println(strconv.FormatFloat(x, 'g', -1, 64)) }

func main() {
CALLS}
`
