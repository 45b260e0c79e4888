package expr_test

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/value/expr"
	"github.com/perturb-go/perturb/value/expr/internal/exprtest"
)

func TestRoundTrips(t *testing.T) {
	check(t, 10, func(t *rapid.T) {
		tree, e := build(t, exprtest.Options{Depth: 5, Free: free, Exp: true})
		f, err := expr.Parse(e.String())
		if err != nil || !f.Equal(e) {
			t.Fatalf("%v: text %v reads as %v, %v", tree, e, f, err)
		}
		data, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var g expr.Expr
		if err := json.Unmarshal(data, &g); err != nil || !g.Equal(e) {
			t.Fatalf("%v = %v: JSON %s reads as %v, %v", tree, e, data, g, err)
		}
	})
}
