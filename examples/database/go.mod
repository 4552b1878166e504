module github.com/iblai/iblai-go/examples/database

go 1.26.0

replace github.com/iblai/iblai-go => ../..
