module github.com/perturb-go/perturb

go 1.24.0
