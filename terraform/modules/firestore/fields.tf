# Settings of single fields, each of which Firestore keeps once per collection group: what expires, what a query over all
# workspaces sorts by, and what no query asks for and therefore has no index (long texts, and maps that would have an entry
# for each of their leaves).
locals {
  expiring  = { for row in var.expiring : "${row.group}.${row.field}" => row }
  unindexed = { for row in var.unindexed : "${row.group}.${row.field}" => row }
  across = {
    for row in var.indexes : "${row.group}.${row.fields[0][0]}" => { group = row.group, field = row.fields[0][0], order = local.order[row.fields[0][1]] }
    if length(row.fields) == 1
  }
  fields = merge(local.expiring, local.unindexed, local.across)
}

resource "google_firestore_field" "this" {
  for_each   = local.fields
  project    = var.project
  database   = google_firestore_database.this.name
  collection = each.value.group
  field      = each.value.field

  dynamic "ttl_config" {
    for_each = contains(keys(local.expiring), each.key) ? [true] : []
    content {}
  }

  # An empty one means no index at all; none means those that every field has.
  dynamic "index_config" {
    for_each = contains(keys(local.unindexed), each.key) || contains(keys(local.across), each.key) ? [true] : []
    content {
      dynamic "indexes" {
        for_each = contains(keys(local.across), each.key) ? [
          { scope = "COLLECTION", order = "ASCENDING", array = null },
          { scope = "COLLECTION", order = "DESCENDING", array = null },
          { scope = "COLLECTION", order = null, array = "CONTAINS" },
          { scope = "COLLECTION_GROUP", order = local.across[each.key].order, array = null },
        ] : []
        content {
          query_scope  = indexes.value.scope
          order        = indexes.value.order
          array_config = indexes.value.array
        }
      }
    }
  }
}
