package draw_test

import (
	"fmt"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/diagram/draw"
)

// The four diagrams with two edges. Time flows to the right; nodes with one letter share
// their datapoint.
func Example() {
	for d := range diagram.All(2) {
		fmt.Println(d)
		fmt.Println(draw.Text(d))
	}
	// Output:
	// (01-2)(01-12)
	// a─a─o
	// (0-1-2)(01-12)
	// •─•─o
	// (01-2)(02-12)
	// a─┐
	// a─┴─o
	// (0-1-2)(02-12)
	// •─┐
	// •─┴─o
}

// A tied root shows the capital of its part's letter.
func ExampleText() {
	fmt.Println(draw.Text(diagram.MustParse("(014-2-35)(01-12-25-35-45)")))
	// Output:
	// a─a─•─┐
	//     a─┤
	//     b─┴─B
}

func ExampleSVG() {
	fmt.Print(draw.SVG(diagram.MustParse("(01)(01)")))
	// Output:
	// <svg xmlns="http://www.w3.org/2000/svg" width="74.8" height="30.8" viewBox="0 0 74.8 30.8">
	// <title>(01)(01)</title>
	// <path d="M15.4,15.4 Q37.4,15.4 59.4,15.4" fill="none" stroke="#E4572E" stroke-opacity="0.4" stroke-width="18.5" stroke-linecap="round" stroke-linejoin="round"/>
	// <line x1="15.4" y1="15.4" x2="59.4" y2="15.4" stroke="#333" stroke-width="1.5"/>
	// <circle cx="15.4" cy="15.4" r="4" fill="#333"/>
	// <circle cx="59.4" cy="15.4" r="4.8" fill="#fff" stroke="#333" stroke-width="1.5"/>
	// </svg>
}

func ExampleTikZ() {
	fmt.Print(draw.TikZ(diagram.MustParse("(01)(01)")))
	// Output:
	// % (01)(01)
	// \begin{tikzpicture}[x=9mm,y=-9mm,baseline={([yshift=-0.5ex]current bounding box.center)}]
	//   \useasboundingbox (0,0) rectangle (1.7,0.7);
	//   \definecolor{part}{HTML}{E4572E}
	//   \draw[part,opacity=0.4,line width=3.78mm,line cap=round,line join=round]
	//     (0.35,0.35) .. controls (0.683,0.35) and (1.017,0.35) .. (1.35,0.35);
	//   \draw[semithick] (0.35,0.35) -- (1.35,0.35);
	//   \fill (0.35,0.35) circle[radius=0.81mm];
	//   \filldraw[semithick,fill=white] (1.35,0.35) circle[radius=0.99mm];
	// \end{tikzpicture}
}
