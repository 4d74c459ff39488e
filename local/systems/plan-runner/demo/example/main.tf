# What `npm run demo plan-runner` opens a pull request with, unless it is told a folder. It needs no provider and no
# credentials: terraform_data is OpenTofu's own.

variable "regions" {
  description = "Where a bucket is wanted."
  type        = set(string)
  default     = ["europe-west1", "us-central1"]
}

resource "terraform_data" "bucket" {
  for_each = var.regions
  input    = "switchyard-${each.key}"
}

output "buckets" {
  value = [for bucket in terraform_data.bucket : bucket.input]
}
