locals {
  order = { asc = "ASCENDING", desc = "DESCENDING" }

  # An index of one field is no composite one: Firestore has it as a setting of the field.
  composite = { for row in var.indexes : "${row.group} ${row.scope} ${join(" ", [for field in row.fields : join(":", field)])}" => row if length(row.fields) > 1 }
}

resource "google_firestore_index" "composite" {
  for_each    = local.composite
  project     = var.project
  database    = google_firestore_database.this.name
  collection  = each.value.group
  query_scope = each.value.scope == "group" ? "COLLECTION_GROUP" : "COLLECTION"

  dynamic "fields" {
    for_each = each.value.fields
    content {
      field_path   = fields.value[0]
      order        = lookup(local.order, fields.value[1], null)
      array_config = fields.value[1] == "contains" ? "CONTAINS" : null
    }
  }
}
