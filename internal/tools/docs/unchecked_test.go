package docs

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// uncheckedErrors returns the calls whose error is dropped: it is not assigned, or
// assigned to err and not mentioned afterwards.
func uncheckedErrors(info *types.Info, file *ast.File) []string {
	var found []string
	ast.Inspect(file, func(node ast.Node) bool {
		block, ok := node.(*ast.BlockStmt)
		if !ok {
			return true
		}
		for i, statement := range block.List {
			switch statement := statement.(type) {
			case *ast.ExprStmt:
				if call, ok := statement.X.(*ast.CallExpr); ok && returnsError(info.TypeOf(call)) && !isPrint(call) {
					found = append(found, types.ExprString(call))
				}
			case *ast.AssignStmt:
				if assignsErr(statement) && !slices.ContainsFunc(untilAssigned(block.List[i+1:]), mentionsErr) {
					found = append(found, types.ExprString(statement.Rhs[0]))
				}
			}
		}
		return true
	})
	return found
}

func returnsError(result types.Type) bool {
	if tuple, ok := result.(*types.Tuple); ok {
		return tuple.Len() > 0 && returnsError(tuple.At(tuple.Len()-1).Type())
	}
	return result != nil && types.Identical(result, types.Universe.Lookup("error").Type())
}

func isPrint(call *ast.CallExpr) bool {
	return strings.HasPrefix(types.ExprString(call.Fun), "fmt.Print")
}

// untilAssigned returns the statements up to the next assignment to err.
func untilAssigned(statements []ast.Stmt) []ast.Stmt {
	for i, statement := range statements {
		if assignment, ok := statement.(*ast.AssignStmt); ok && assignsErr(assignment) {
			return statements[:i]
		}
	}
	return statements
}

func assignsErr(assignment *ast.AssignStmt) bool {
	return slices.ContainsFunc(assignment.Lhs, func(left ast.Expr) bool {
		name, ok := left.(*ast.Ident)
		return ok && name.Name == "err"
	})
}

func mentionsErr(statement ast.Stmt) bool {
	found := false
	ast.Inspect(statement, func(node ast.Node) bool {
		if name, ok := node.(*ast.Ident); ok && name.Name == "err" {
			found = true
		}
		return !found
	})
	return found
}
