package expr_test

import (
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value"
	"github.com/perturb-go/perturb/value/expr"
)

// The symbols of package value can be read, and say the same for diagrams of one value
// class, which package diagram knows by graph theory, and for no others.
func TestSymbolsOfDiagrams(t *testing.T) {
	for _, form := range []embed.Form{embed.Cumulant, embed.Moment} {
		classOf := map[string]diagram.Diagram{}
		textOf := map[diagram.Diagram]string{}
		for n := range 5 {
			for _, roots := range []diagram.Roots{diagram.Single, diagram.Tied} {
				seq, err := diagram.Enumerate(n, diagram.Options{Roots: roots})
				if err != nil {
					t.Fatal(err)
				}
				for d := range seq {
					symbol := value.TrainLoss().Symbol(d, form)
					e, err := expr.Parse(symbol)
					if err != nil {
						t.Fatalf("%v: %v", d, err)
					}
					class, text := d.Class(), e.String()
					if c, ok := classOf[text]; ok && c != class {
						t.Errorf("%s, read as %s, is of two classes", symbol, text)
					}
					if s, ok := textOf[class]; ok && s != text {
						t.Errorf("%v: %s is read as %s, and as %s for another of its class", d, symbol, text, s)
					}
					classOf[text], textOf[class] = class, text
				}
			}
		}
	}
}
