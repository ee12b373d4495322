variable "project" {
  description = "The project's id."
  type        = string
}

variable "location" {
  description = "Where the documents lie."
  type        = string
}

variable "protected" {
  description = "Whether it refuses to be deleted, keeps versions, and is backed up."
  type        = bool
}

variable "indexes" {
  description = "shared/backends/indexes.json: collection group, scope, and fields with asc, desc or contains."
  type        = list(object({ group = string, scope = string, fields = list(list(string)) }))
}

variable "expiring" {
  description = "shared/backends/ttl.json: which field of a collection group says when a document ends."
  type        = list(object({ group = string, field = string }))
}

variable "unindexed" {
  description = "shared/backends/unindexed.json: fields that no query asks for, and that would be long or many in an index."
  type        = list(object({ group = string, field = string }))
}
