// Package runs.
package runs
