package main

//go:generate go run ./generate ../../openapi.yaml
