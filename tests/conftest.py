"""Lies here so that pytest finds the helpers of this folder from every folder below it."""
