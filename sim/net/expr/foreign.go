package expr

import (
	"fmt"
	"strings"
)

// refuse returns an *UnsupportedError if there are operations of Gorgonia's own among the
// nodes. It names the most telling one, as people know it.
func refuse(nodes []*Node) error {
	name := ""
	for _, n := range nodes {
		if n.Op() == nil {
			continue
		}
		if _, ours := n.Op().(*Op); ours {
			continue
		}
		text := n.Op().String()
		if known := layer(text); known != "" {
			return fmt.Errorf("expr: %w", &UnsupportedError{fmt.Sprintf("%s (%s)", known, text)})
		}
		if name == "" {
			name = text
		}
	}
	if name == "" {
		return nil
	}
	return fmt.Errorf("expr: %w", &UnsupportedError{name})
}

// layer returns the name of the layer that an operation gives away, or "".
func layer(text string) string {
	lower := strings.ToLower(text)
	switch {
	case strings.HasPrefix(text, ">"), strings.HasPrefix(text, "<"):
		return "ReLU" // Gorgonia's Rectify is a product with a comparison.
	case strings.Contains(lower, "maxpool"):
		return "max pooling"
	case strings.Contains(lower, "avgpool"), strings.Contains(lower, "averagepool"):
		return "average pooling"
	}
	return ""
}
