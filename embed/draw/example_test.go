package draw_test

import (
	"fmt"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/embed/draw"
)

// Two epochs of one diagram: a pair of gradients of one point, an epoch apart.
func Example() {
	grid := embed.Must(embed.SGD(3, 2, 1))
	pair := diagram.MustParse("(01-2)(01-12)")
	embeddings, err := embed.Embeddings(pair, grid, embed.Cumulant)
	if err != nil {
		fmt.Println(err)
		return
	}
	for e := range embeddings {
		text, err := draw.TextEmbedding(pair, e, grid)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(text)
		break // the first of three
	}
	// Output:
	// (01-2)(01-12)
	//   t 0 1 2 3 4 5
	// n 0 0 · · 1 · ·
	//   1 · █ · · █ ·
	//   2 · · █ · · █
	// root 2 at t=T
}

func ExampleText() {
	text, err := draw.Text(embed.Must(embed.SGD(4, 2, 2)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(text)
	// Output:
	//   t 0 1 2 3
	// n 0 █ · █ ·
	//   1 █ · █ ·
	//   2 · █ · █
	//   3 · █ · █
	// █ weighs 1/2
}

func ExampleSVG() {
	image, err := draw.SVG(embed.Must(embed.GD(1, 1)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(image)
	// Output:
	// <svg xmlns="http://www.w3.org/2000/svg" width="76" height="76" viewBox="0 0 76 76" font-family="sans-serif" text-anchor="middle">
	// <rect width="76" height="76" fill="white"/>
	// <g font-size="11" fill="#666">
	//   <text x="10.67" y="53.6" font-style="italic">n</text>
	//   <text x="24" y="16" font-style="italic">t</text>
	//   <text x="24" y="53.6">0</text>
	//   <text x="50" y="24">0</text>
	// </g>
	// <g stroke="#ccc">
	//   <rect x="32" y="32" width="36" height="36" fill="#7a8fa6" fill-opacity="0.9"><title>n=0, t=0, weight 1</title></rect>
	// </g>
	// </svg>
}
