package draw

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// checkGolden compares text with a file of testdata.
func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update rewrites it); got\n%s", file, got)
	}
}

// pictured are the diagrams whose pictures are golden.
var pictured = []struct{ name, text string }{
	{"root", "(0)()"},
	{"cherry", "(01-2)(02-12)"},
	{"claw", "(012-3)(03-13-23)"},
	{"tied", "(012)(02-12)"},
	{"crossed", "(03-12-4)(01-14-23-34)"},
	{"bridged", "(01-2-3-4)(02-13-24)"},
	{"large", "(02-13-46-57-8-9-a)(03-13-23-3a-45-5a-69-78-89-9a)"},
}
