package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/perturb-go/perturb/internal/rational"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
	"github.com/perturb-go/perturb/value/errata"
	"github.com/perturb-go/perturb/value/expr"
)

// A corollaryOf says what a corollary of the paper asks, and where its answers are tried out.
type corollaryOf struct {
	question  string
	answers   func(ctx context.Context) ([]answer, error)
	landscape string // as JSON
	says      string // the landscape, in words
	scalars   map[string]string
}

// An answer is a formula that the library derives, with the name of its function in Go.
type answer struct {
	name, says string
	index      int // of the weight of which the value is shown, where there is a free index
	formula    expr.Expr
}

// The landscapes are such that the answers are known: those of the errata, and mean estimation.
const (
	coinLandscape = `{"dim": 1, "theta": [0], "data": [
		{"prob": "1/2", "loss": [{"coef": 3, "exp": [1]}, {"coef": 1, "exp": [2]}]},
		{"prob": "1/2", "loss": [{"coef": 1, "exp": [1]}]}]}`
	coinSays = "l_x = 3θ + θ² or θ, evenly, θ_0 = 0"

	meanLandscape = `{"dim": 1, "theta": [0], "data": [
		{"prob": "1/2", "loss": [{"coef": 1, "exp": [1]}, {"coef": "1/2", "exp": [2]}]},
		{"prob": "1/2", "loss": [{"coef": -1, "exp": [1]}, {"coef": "1/2", "exp": [2]}]}]}`
	meanSays = "l_x = θ + θ²/2 or −θ + θ²/2, evenly, θ_0 = 0"

	valleyLandscape = `{"dim": 2, "theta": [0, 0], "data": [
		{"prob": "1/2", "loss": [{"coef": "1/3", "exp": [1, 0]}, {"coef": "1/2", "exp": [2, 0]}, {"coef": "1/6", "exp": [3, 0]}, {"coef": "1/2", "exp": [2, 1]}]},
		{"prob": "1/2", "loss": [{"coef": "-1/3", "exp": [1, 0]}, {"coef": "1/2", "exp": [2, 0]}, {"coef": "1/6", "exp": [3, 0]}, {"coef": "1/2", "exp": [2, 1]}]}]}`
	valleySays = "l_x = u/3 + u²/2 + u³/6 + zu²/2, or with −u/3, evenly, from 0; displacement of u, drift along z"

	skewedLandscape = `{"dim": 1, "theta": [0], "data": [
		{"prob": "1/3", "loss": [{"coef": 3, "exp": [1]}, {"coef": "1/2", "exp": [2]}, {"coef": 1, "exp": [3]}]},
		{"prob": "2/3", "loss": [{"coef": "1/2", "exp": [2]}, {"coef": 1, "exp": [3]}]}]}`
	skewedSays = "l_x = 3θ + θ²/2 + θ³ or θ²/2 + θ³ with odds 1 to 2, θ_0 = 0"
)

// corollaries are those of P, in its order.
var corollaries = []corollaryOf{
	{
		question: "Where does gradient noise push SGD, in the long run, from a minimum?",
		answers:  whereNoisePushes, landscape: valleyLandscape, says: valleySays,
		scalars: map[string]string{"η": "1/10", "B": "1"},
	}, {
		question: "By how much does GD overfit from a minimum?",
		answers:  howGDOverfits, landscape: meanLandscape, says: meanSays,
		scalars: map[string]string{"η": "1/2", "T": "3", "N": "10"},
	}, {
		question: "How does SGD end elsewhere than GD, and which loss makes GD emulate it?",
		answers:  howSGDDiffersFromGD, landscape: coinLandscape, says: coinSays,
		scalars: map[string]string{"η": "1", "T": "2", "N": "2", "B": "1"},
	}, {
		question: "How do M₀ epochs at the learning rate η₀/M₀ differ from one epoch at η₀?",
		answers:  whatEpochsDo, landscape: coinLandscape, says: coinSays,
		scalars: map[string]string{"η₀": "1", "M₀": "2", "N": "2"},
	}, {
		question: "What of SGD do differential equations miss, and what does Gaussian noise?",
		answers:  whatFlowsMiss, landscape: skewedLandscape, says: skewedSays,
		scalars: map[string]string{"η": "1", "T": "4"},
	},
}

func whereNoisePushes(ctx context.Context) (list []answer, err error) {
	for _, kind := range []value.Kind{value.Continuous, value.Discrete} {
		settled, err := value.Corollary1(ctx, kind)
		if err != nil {
			return nil, err
		}
		drift, err := value.DriftFormula(ctx, kind)
		if err != nil {
			return nil, err
		}
		list = append(list,
			answer{"Displacement" + inGo[kind], "E[θ_T − θ_0]_μ as T → ∞, in " + kind.String() + " time", 0, settled},
			answer{"Drift" + inGo[kind], "drift per step along a flat direction μ, in " + kind.String() + " time", 1, drift})
	}
	return list, nil
}

func howGDOverfits(ctx context.Context) (list []answer, err error) {
	for _, kind := range []value.Kind{value.Continuous, value.Discrete} {
		overfitting, gap, err := value.Corollary2(ctx, kind)
		if err != nil {
			return nil, err
		}
		list = append(list,
			answer{"Overfitting" + inGo[kind], "test loss less l, in " + kind.String() + " time", 0, overfitting},
			answer{"Gap" + inGo[kind], "test less train loss, in " + kind.String() + " time", 0, gap})
	}
	limit, err := list[len(list)-1].formula.Limit("T")
	return append(list, answer{"GapLimit", "test less train loss as T → ∞", 0, limit}), err
}

func howSGDDiffersFromGD(ctx context.Context) ([]answer, error) {
	difference, err := value.Corollary3(ctx)
	if err != nil {
		return nil, err
	}
	l, err := value.GDC(ctx)
	return []answer{
		{"Displacement", "E[θ_GD − θ_SGD]_μ through η², after T updates in whole epochs", 0, difference},
		{"Regularizer", "l_C, for GD on l + l_C to be SGD through η²", 0, l},
	}, err
}

func whatEpochsDo(ctx context.Context) ([]answer, error) {
	difference, err := value.Corollary4(ctx)
	if err != nil {
		return nil, err
	}
	question, err := value.Question1(ctx)
	return []answer{
		{"Displacement", "E[θ_{M=M₀} − θ_{M=1}]_μ through η₀²", 0, difference},
		{"TestLoss", "E[l(θ_{M=M₀}) − l(θ_{M=1})] through η₀²", 0, question},
	}, err
}

func whatFlowsMiss(ctx context.Context) (list []answer, err error) {
	for _, other := range []struct {
		name, says string
		over       value.Family
		order      int
	}{
		{"OverODE", "test loss of SGD less that of the ODE, through η²", value.Flow, 2},
		{"OverSDE", "test loss of SGD less that of the SDE, through η²", value.Diffusion, 2},
		{"OverGaussianNoise", "test loss of SGD less that of SGD with Gaussian noise, through η³: skewness", value.GaussianNoise, 3},
	} {
		more, err := value.Corollary5(ctx, other.over, other.order)
		if err != nil {
			return nil, err
		}
		list = append(list, answer{other.name, other.says, 0, more})
	}
	return list, nil
}

// inGo ends the name of a Go function for a kind.
var inGo = map[value.Kind]string{value.Continuous: "Continuous", value.Discrete: "Discrete"}

// corollaryReport is the JSON form of a corollary.
type corollaryReport struct {
	Corollary int               `json:"corollary"`
	Question  string            `json:"question"`
	Answers   []answerReport    `json:"answers"`
	Landscape string            `json:"landscape"`
	Scalars   map[string]string `json:"scalars"` // at which the values are
	Errata    []errata.Row      `json:"errata"`  // where the paper differs
}

type answerReport struct {
	Name    string    `json:"name"`
	Says    string    `json:"says"`
	Formula expr.Expr `json:"formula"`
	Text    string    `json:"text"`
	LaTeX   string    `json:"latex"`
	Value   string    `json:"value"` // on the landscape
}

func corollary(ctx context.Context, c *command) error {
	format := c.format()
	number := ""
	if len(c.args) > 0 && !strings.HasPrefix(c.args[0], "-") {
		number, c.args = c.args[0], c.args[1:]
	}
	if err := c.parse("expand corollary N prints what the paper's corollary N asks, the formulas that answer it, their values on a small landscape, and where the paper differs."); err != nil {
		return err
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(corollaries) {
		return badInput("%.40q is no corollary: expected a number from 1 to %d, as in expand corollary 1", number, len(corollaries))
	}
	which := corollaries[n-1]
	answers, err := which.answers(ctx)
	if err != nil {
		return err
	}
	if *format == "go" {
		return c.printGo(answers)
	}
	report, err := which.report(ctx, n, answers)
	switch {
	case err != nil:
		return err
	case c.json:
		return c.print(report)
	case *format == "latex":
		return report.writeLaTeX(c.stdout)
	}
	return report.writeText(c.stdout)
}

// report writes the answers out, without divided differences, and takes their values.
func (w corollaryOf) report(ctx context.Context, n int, answers []answer) (corollaryReport, error) {
	report := corollaryReport{Corollary: n, Question: w.question, Landscape: w.says, Scalars: w.scalars}
	l, err := tensor.ParseLandscape([]byte(w.landscape))
	if err != nil {
		return report, err
	}
	for _, a := range answers {
		explicit, err := a.formula.InPowers()
		if err != nil {
			return report, err
		}
		x, err := w.valueOf(a, l)
		if err != nil {
			return report, err
		}
		report.Answers = append(report.Answers, answerReport{a.name, a.says, explicit, explicit.String(), explicit.LaTeX(expr.Einstein), x})
	}
	rows, err := errata.Rows(ctx)
	if err != nil {
		return report, err
	}
	place := fmt.Sprintf("Cor. %d", n)
	report.Errata = slices.DeleteFunc(rows, func(r errata.Row) bool { return !strings.HasPrefix(r.Place, place) })
	return report, nil
}

// valueOf evaluates an answer: exactly, unless it has exponentials.
func (w corollaryOf) valueOf(a answer, l tensor.Landscape) (string, error) {
	env, err := value.Env(value.ExactPoint(l))
	if err != nil {
		return "", err
	}
	env.Indices["μ"] = a.index
	bound, err := a.formula.Bind(env)
	if err != nil {
		return "", err
	}
	exact, floats := map[string]*big.Rat{}, map[string]float64{}
	for name, text := range w.scalars {
		if exact[name], err = rational.Parse(text); err != nil {
			return "", err
		}
		floats[name] = mobius.Float64{}.Rat(exact[name])
	}
	x, err := bound.EvalRat(expr.Env[*big.Rat]{Scalars: exact})
	if errors.Is(err, expr.ErrInexact) {
		y, err := bound.Eval(expr.Env[float64]{Scalars: floats})
		return strconv.FormatFloat(y, 'g', 10, 64), err
	}
	if err != nil {
		return "", err
	}
	return x.RatString(), nil
}

func (r corollaryReport) writeText(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "Corollary %d: %s\n", r.Corollary, r.Question)
	for _, a := range r.Answers {
		fmt.Fprintf(b, "\n  %s\n    %s\n    = %s\n", a.Says, a.Text, strings.ReplaceAll(a.Value, "-", "−"))
	}
	fmt.Fprintf(b, "\nThe numbers are%s and\n  %s.\n", where(r.Scalars), r.Landscape)
	if err := b.Flush(); err != nil || len(r.Errata) == 0 {
		return err
	}
	if _, err := fmt.Fprintln(w, "\nWhere the paper differs:"); err != nil {
		return err
	}
	return errata.WriteText(w, r.Errata)
}

func (r corollaryReport) writeLaTeX(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%% Corollary %d: %s\n", r.Corollary, r.Question)
	for _, a := range r.Answers {
		fmt.Fprintf(b, "%% %s\n%s\n", a.Says, a.LaTeX)
	}
	return b.Flush()
}

// printGo prints a Go file with a function for each answer. These keep divided differences,
// which lose no digits.
func (c *command) printGo(answers []answer) error {
	var functions []expr.GoFunc
	for _, a := range answers {
		functions = append(functions, expr.GoFunc{Name: a.name, Expr: a.formula})
	}
	source, err := expr.GoFile("corollary", functions...)
	if err != nil {
		return err
	}
	_, err = c.stdout.Write(source)
	return err
}
