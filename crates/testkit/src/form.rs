//! Reads the forms of a page, hidden fields included, as a browser without scripts would. No more of HTML than that.

/// A form as it stands on a page, its fields filled as the page gives them.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub method: String,
    pub multipart: bool,
    pub fields: Vec<Field>,
    /// The buttons' words, and everything else readable in the form.
    pub text: String,
    id: String,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub value: String,
    pub kind: String,
    /// A checkbox or radio that is not ticked, or a button, is not sent.
    pub sent: bool,
    /// What a select or radio group offers.
    pub options: Vec<String>,
    /// Where a button sends the form instead.
    pub formaction: Option<String>,
}

impl Form {
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    pub fn has(&self, name: &str) -> bool {
        self.field(name).is_some()
    }

    /// Types into a field, chooses in a select or a radio group, or ticks a box (with its own value).
    ///
    /// # Panics
    /// When the form has no such field, or offers no such choice.
    #[track_caller]
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let names = || {
            self.fields
                .iter()
                .map(|field| &field.name)
                .collect::<Vec<_>>()
        };
        assert!(
            self.has(name),
            "no field {name} among {:?} of {}",
            names(),
            self.action
        );
        let radio = self
            .fields
            .iter()
            .any(|field| field.name == name && field.kind == "radio");
        let mut done = false;
        for field in self.fields.iter_mut().filter(|field| field.name == name) {
            if radio {
                field.sent = field.value == value;
                done |= field.sent;
            } else if !done {
                let known =
                    field.options.is_empty() || field.options.iter().any(|option| option == value);
                assert!(known, "{name} offers {:?}, not {value}", field.options);
                value.clone_into(&mut field.value);
                field.sent = true;
                done = true;
            }
        }
        assert!(done, "{name} does not offer {value}");
        self
    }

    /// Ticks a box.
    #[must_use]
    pub fn ticking(mut self, name: &str) -> Self {
        let field = self.fields.iter_mut().find(|field| field.name == name);
        field.unwrap_or_else(|| panic!("no box {name}")).sent = true;
        self
    }

    #[must_use]
    pub fn unticking(mut self, name: &str) -> Self {
        self.fields
            .iter_mut()
            .filter(|field| field.name == name && field.kind == "checkbox")
            .for_each(|field| field.sent = false);
        self
    }

    /// Presses the button `name`, whose value is sent along.
    #[must_use]
    pub fn pressing(mut self, name: &str, value: &str) -> Self {
        let button = self
            .fields
            .iter_mut()
            .find(|field| field.name == name && field.value == value);
        button
            .unwrap_or_else(|| panic!("no button {name}={value}"))
            .sent = true;
        self
    }

    /// Presses the button that sends the form to an address ending so, where there is one.
    pub fn pressed_towards(mut self, formaction: &str) -> Option<Self> {
        let leads = |field: &&mut Field| {
            field
                .formaction
                .as_ref()
                .is_some_and(|to| to.ends_with(formaction))
        };
        let button = self.fields.iter_mut().find(leads)?;
        button.sent = true;
        self.action = button.formaction.clone()?;
        Some(self)
    }

    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|field| field.name != name);
        self
    }

    /// What would be sent.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        let sent = self
            .fields
            .iter()
            .filter(|field| field.sent && !field.name.is_empty());
        sent.map(|field| (field.name.as_str(), field.value.as_str()))
            .collect()
    }
}

/// All forms of a page, in order.
pub fn forms(html: &str) -> Vec<Form> {
    let mut reader = Reader::default();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        reader.text(&rest[..start]);
        rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let (tag, after) = read_tag(rest);
        rest = after;
        match tag.name.as_str() {
            "script" | "style" => rest = skip_to(rest, &format!("</{}", tag.name)),
            "textarea" => {
                let end = rest.find("</textarea").unwrap_or(rest.len());
                // The first newline after the tag is not part of the value (HTML, 13.1.2.5).
                let value = rest[..end].strip_prefix('\n').unwrap_or(&rest[..end]);
                reader.field(&tag, decode(value));
                rest = &rest[end..];
            }
            _ => reader.tag(&tag),
        }
    }
    reader.finish()
}

fn skip_to<'a>(html: &'a str, end: &str) -> &'a str {
    html.find(end).map_or("", |at| &html[at..])
}

#[derive(Debug, Default)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

/// Reads the tag at the start of `html`; the answer is the tag and what follows it.
fn read_tag(html: &str) -> (Tag, &str) {
    let mut rest = &html[1..];
    let end = rest
        .find(|c: char| c.is_whitespace() || c == '>')
        .unwrap_or(rest.len());
    let mut tag = Tag {
        name: rest[..end].trim_end_matches('/').to_lowercase(),
        attributes: Vec::new(),
    };
    rest = &rest[end..];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return (tag, after);
        }
        if rest.is_empty() {
            return (tag, rest);
        }
        let end = rest
            .find(|c: char| c.is_whitespace() || c == '>' || c == '=')
            .unwrap_or(rest.len());
        let name = rest[..end].to_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            (value, rest) = read_value(after.trim_start());
        }
        tag.attributes.push((name, decode(value)));
    }
}

fn read_value(html: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inside) = html.strip_prefix(quote) {
            let end = inside.find(quote).unwrap_or(inside.len());
            return (&inside[..end], inside.get(end + 1..).unwrap_or_default());
        }
    }
    let end = html
        .find(|c: char| c.is_whitespace() || c == '>')
        .unwrap_or(html.len());
    (&html[..end], &html[end..])
}

#[derive(Default)]
struct Reader {
    forms: Vec<Form>,
    open: Option<usize>,
    /// Fields that name their form by id, which may come later on the page.
    strays: Vec<(String, Field)>,
    select: Option<(Tag, Vec<String>, Option<String>)>,
}

impl Reader {
    fn text(&mut self, text: &str) {
        let text = text.trim();
        if let (Some(open), false) = (self.open, text.is_empty()) {
            self.forms[open].text.push_str(&decode(text));
            self.forms[open].text.push(' ');
        }
    }

    fn tag(&mut self, tag: &Tag) {
        match tag.name.as_str() {
            "form" => self.open_form(tag),
            "/form" => self.open = None,
            "input" => self.field(
                tag,
                tag.get("value")
                    .map_or_else(|| default_value(tag), str::to_owned),
            ),
            "button" => self.field(tag, tag.get("value").unwrap_or_default().to_owned()),
            "select" => {
                let attributes = tag.attributes.clone();
                self.select = Some((
                    Tag {
                        name: tag.name.clone(),
                        attributes,
                    },
                    Vec::new(),
                    None,
                ));
            }
            "option" => self.option(tag),
            "/select" => self.close_select(),
            _ => {}
        }
    }

    fn open_form(&mut self, tag: &Tag) {
        self.open = Some(self.forms.len());
        self.forms.push(Form {
            action: tag.get("action").unwrap_or_default().to_owned(),
            method: tag.get("method").unwrap_or("get").to_lowercase(),
            multipart: tag.get("enctype") == Some("multipart/form-data"),
            fields: Vec::new(),
            text: String::new(),
            id: tag.get("id").unwrap_or_default().to_owned(),
        });
    }

    fn option(&mut self, tag: &Tag) {
        if let Some((_, options, chosen)) = &mut self.select {
            let value = tag.get("value").unwrap_or_default().to_owned();
            if tag.has("selected") {
                *chosen = Some(value.clone());
            }
            options.push(value);
        }
    }

    fn close_select(&mut self) {
        if let Some((tag, options, chosen)) = self.select.take() {
            let value = chosen
                .or_else(|| options.first().cloned())
                .unwrap_or_default();
            self.add(
                &tag,
                Field {
                    options,
                    ..field_of(&tag, value)
                },
            );
        }
    }

    fn field(&mut self, tag: &Tag, value: String) {
        self.add(tag, field_of(tag, value));
        if let (Some(open), Some(label)) = (
            self.open,
            tag.get("aria-label").or_else(|| tag.get("title")),
        ) {
            self.forms[open].text.push_str(label);
            self.forms[open].text.push(' ');
        }
    }

    fn add(&mut self, tag: &Tag, field: Field) {
        match (tag.get("form"), self.open) {
            (Some(form), _) => self.strays.push((form.to_owned(), field)),
            (None, Some(open)) => self.forms[open].fields.push(field),
            (None, None) => {}
        }
    }

    fn finish(mut self) -> Vec<Form> {
        for (id, field) in self.strays {
            if let Some(form) = self.forms.iter_mut().find(|form| form.id == id) {
                form.fields.push(field);
            }
        }
        self.forms
    }
}

fn default_value(tag: &Tag) -> String {
    let ticked = matches!(tag.get("type"), Some("checkbox" | "radio"));
    if ticked {
        "on".to_owned()
    } else {
        String::new()
    }
}

fn field_of(tag: &Tag, value: String) -> Field {
    let kind = match tag.name.as_str() {
        "input" => tag.get("type").unwrap_or("text"),
        "button" => "submit",
        other => other,
    };
    let sent = match kind {
        "checkbox" | "radio" => tag.has("checked"),
        "submit" | "button" | "image" | "reset" => false,
        _ => !tag.has("disabled"),
    };
    let name = tag.get("name").unwrap_or_default().to_owned();
    let formaction = tag.get("formaction").map(str::to_owned);
    Field {
        name,
        value,
        kind: kind.to_owned(),
        sent,
        options: Vec::new(),
        formaction,
    }
}

/// The character references that templates write.
pub fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(';').filter(|end| *end <= 10);
        if let Some((c, end)) = end.and_then(|end| reference(&rest[1..end]).map(|c| (c, end))) {
            out.push(c);
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"
        <!-- <form action="/no"> --><script>if (a < b) "<form action='/no'>"</script>
        <form action="/a?x=1&amp;y=2" method=POST id=first enctype="multipart/form-data">
          <input type=hidden name=csrf value="a&quot;b"><input name="q" required>
          <textarea name="text">
Deux &lt;lignes&gt;
ici</textarea>
          <select name="audience"><option value="public">P<option value="town" selected>T</option></select>
          <input type="checkbox" name="agree"><input type=radio name=r value=1 checked><input type=radio name=r value=2>
          <button name="go" value="yes" aria-label="Envoyer">✉</button><button formaction="/elsewhere">E</button>
        </form>
        <form action="/b"><input name=z value=1 /></form><button form=first name=late value=1>L</button>"#;

    #[test]
    fn a_form_is_read_as_a_browser_reads_it() {
        let forms = forms(PAGE);
        assert_eq!(forms.len(), 2);
        let form = &forms[0];
        assert_eq!(
            (form.action.as_str(), form.method.as_str(), form.multipart),
            ("/a?x=1&y=2", "post", true)
        );
        let expected = [
            ("csrf", "a\"b"),
            ("q", ""),
            ("text", "Deux <lignes>\nici"),
            ("audience", "town"),
            ("r", "1"),
        ];
        assert_eq!(form.pairs(), expected);
        assert!(form.has("late") && form.text.contains("Envoyer"));
        assert_eq!(forms[1].pairs(), [("z", "1")]);
    }

    #[test]
    fn a_form_is_filled_as_a_person_fills_it() {
        let form = forms(PAGE)
            .remove(0)
            .with("q", "chat")
            .with("r", "2")
            .with("audience", "public");
        let form = form
            .ticking("agree")
            .pressing("go", "yes")
            .without("csrf")
            .without("text");
        let expected = [
            ("q", "chat"),
            ("audience", "public"),
            ("agree", "on"),
            ("r", "2"),
            ("go", "yes"),
        ];
        assert_eq!(form.pairs(), expected);
        assert_eq!(
            form.clone().pressed_towards("/elsewhere").unwrap().action,
            "/elsewhere"
        );
        assert!(form.pressed_towards("/nowhere").is_none());
    }

    #[test]
    #[should_panic(expected = "offers")]
    fn a_choice_that_is_not_offered_cannot_be_made() {
        let _form = forms(PAGE).remove(0).with("audience", "everyone");
    }
}
