"""The Lambda functions, a package an automation; imported under the same path in Lambda and in tests."""
